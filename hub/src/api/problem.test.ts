import { expect, test } from 'vitest';
import { sentence } from './problem';

test('a detail is shown as a sentence', () => {
  expect(sentence('the store can’t be reached: try again')).toBe('The store can’t be reached: try again.');
  expect(sentence('the limit is 100 (now 100)')).toBe('The limit is 100 (now 100).');
});

test('what is a sentence already, or begins with a name, stays', () => {
  expect(sentence('The service gave no reason.')).toBe('The service gave no reason.');
  expect(sentence('replay_protection is not known')).toBe('replay_protection is not known.');
});
