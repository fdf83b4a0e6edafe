import { expect, it } from 'vitest';
import { ago, within } from './instant';

const NOW = Date.parse('2026-11-24T12:00:00.000Z');

it.each([
  ['2026-11-24T11:59:31.000Z', 'just now'],
  ['2026-11-24T11:59:00.000Z', '1 minute ago'],
  ['2026-11-24T09:30:00.000Z', '2 hours ago'],
  ['2026-11-23T11:00:00.000Z', 'yesterday'],
  ['2026-11-10T12:00:00.000Z', '2 weeks ago'],
  ['2024-11-01T12:00:00.000Z', '2 years ago'],
])('%s was %s', (instant, words) => {
  expect(ago(instant, NOW)).toBe(words);
});

it('takes an instant ahead of a slow clock for now', () => {
  expect(ago('2026-11-24T12:03:00.000Z', NOW)).toBe('just now');
});

it('counts a key as in use up to seven days after it was, and never one that was not used', () => {
  expect(within('2026-11-17T12:00:00.000Z', 7, NOW)).toBe(true);
  expect(within('2026-11-17T11:59:59.999Z', 7, NOW)).toBe(false);
  expect(within(null, 7, NOW)).toBe(false);
});
