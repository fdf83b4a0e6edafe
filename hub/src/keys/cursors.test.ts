import { describe, expect, it } from 'vitest';
import { FIRST, cursorOf, learn, openEnd, turnTo } from './cursors';

describe('pages by cursor', () => {
  it('begin with one page that needs no cursor', () => {
    expect(cursorOf(FIRST)).toBeUndefined();
    expect(openEnd(FIRST, undefined)).toBe(false);
  });

  it('learn of the next page from the answer for the one before', () => {
    const second = turnTo(learn(FIRST, 'a'), 1);
    expect(cursorOf(second)).toBe('a');
    expect(cursorOf(turnTo(learn(second, 'b'), 2))).toBe('b');
  });

  it('go back without forgetting the way forward', () => {
    const third = turnTo(learn(turnTo(learn(FIRST, 'a'), 1), 'b'), 2);
    const first = turnTo(third, 0);
    expect(first.known).toHaveLength(3);
    expect(learn(first, 'a').known).toEqual([undefined, 'a', 'b']);
  });

  it('forget what lay further on when the list has changed', () => {
    const first = turnTo(turnTo(learn(turnTo(learn(FIRST, 'a'), 1), 'b'), 2), 0);
    expect(learn(first, 'other').known).toEqual([undefined, 'other']);
    expect(learn(first, null).known).toEqual([undefined]);
  });

  it('do not turn to a page that nobody knows', () => {
    expect(turnTo(FIRST, 1)).toBe(FIRST);
    expect(turnTo(FIRST, -1)).toBe(FIRST);
  });

  it('are open at their end only while the last known page has one after it', () => {
    expect(openEnd(FIRST, 'a')).toBe(true);
    expect(openEnd(learn(FIRST, 'a'), 'a')).toBe(false);
  });
});
