import { expect, it } from 'vitest';
import { envFile, envFileName } from './env-file';

it('holds key and secret as the command line writes them', () => {
  const file = envFile({ id: 'hk_1' }, 'hs_2');
  expect(file).toBe('HUBKEYS_KEY=hk_1\nHUBKEYS_SECRET=hs_2\n');
});

it.each([
  ['Nightly export', 'nightly-export.env'],
  ['Ünïcode / $(rm)', 'unicode-rm.env'],
  ['../../etc/passwd', 'etc-passwd.env'],
  ['夜间', 'hubkeys.env'],
])('%j is saved as %s', (name, file) => {
  expect(envFileName(name)).toBe(file);
});
