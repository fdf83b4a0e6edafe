import type { SigninResponse } from 'oidc-client-ts';
import { expect, it } from 'vitest';
import { tokensOf, userOf } from './tokens';

const NOW = 1_000_000;

function response(claims: object, expiresIn: number): SigninResponse {
  const profile = { iss: 'https://issuer', sub: 'ada', aud: 'hubkeys', iat: 100, exp: 400, ...claims };
  return { id_token: 'an.id.token', expires_in: expiresIn, profile } as SigninResponse;
}

it('a session ends with the shorter of its two tokens, by this clock', () => {
  expect(tokensOf(response({}, 3600), NOW).expiresAt).toBe(NOW + 300_000);
  expect(tokensOf(response({}, 60), NOW).expiresAt).toBe(NOW + 60_000);
});

it('an answer without an id token is refused', () => {
  expect(() => tokensOf({ ...response({}, 60), id_token: undefined } as unknown as SigninResponse, NOW)).toThrow('no id token');
});

it('one person in two accounts is two users', () => {
  const one = tokensOf(response({ 'custom:account': 'acme' }, 60), NOW);
  expect(userOf(tokensOf(response({ 'custom:account': 'acme' }, 90), NOW))).toBe(userOf(one));
  expect(userOf(tokensOf(response({ 'custom:account': 'newco' }, 60), NOW))).not.toBe(userOf(one));
});
