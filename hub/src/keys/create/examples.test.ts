import { expect, it } from 'vitest';
import { examplesOf } from './examples';
import { ALGORITHMS, DIALECTS, EVERYTHING, signingOf, toggled } from './signing';

const policy = { algorithms: [...ALGORITHMS], dialects: [...DIALECTS], replay_protection: 'nonce' as const };

it('a Basic key is shown with curl', () => {
  const [example] = examplesOf({ id: 'hk_1', scheme: 'basic' }, 'hs_2');
  expect(example?.code).toContain("curl --user 'hk_1:hs_2'");
});

it('an HMAC key is shown with an algorithm that it allows', () => {
  const strict = { ...policy, algorithms: ['hmac-sha512' as const] };
  for (const { code } of examplesOf({ id: 'hk_1', scheme: 'hmac', signing: strict }, 'hs_2')) expect(code).toContain('sha512');
});

it('a key that does not take Hub HMAC is shown in a dialect that it takes', () => {
  const strict = { ...policy, dialects: ['rfc9421' as const] };
  const examples = examplesOf({ id: 'hk_1', scheme: 'hmac', signing: strict }, 'hs_2');
  expect(examples.map(({ id }) => id)).toEqual(['sign']);
  expect(examples[0]?.code).toContain('--dialect rfc9421');
});

it('a policy that nobody touched is left to the server', () => {
  expect(signingOf(EVERYTHING)).toBeUndefined();
  expect(signingOf({ ...EVERYTHING, algorithms: toggled(ALGORITHMS, ALGORITHMS, 'hmac-sha1') })?.algorithms).toEqual([
    'hmac-sha256',
    'hmac-sha384',
    'hmac-sha512',
  ]);
});
