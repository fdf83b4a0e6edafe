import type { OidcClient, SigninResponse } from 'oidc-client-ts';

/** Who is signed in, and the proof of it. Lives in memory only. */
export interface Tokens {
  /** The one that is sent: only it names the account. */
  idToken: string;
  /** By this page's clock, so that a clock that is wrong does no harm. */
  expiresAt: number;
  response: SigninResponse;
}

export function tokensOf(response: SigninResponse, now: number): Tokens {
  if (!response.id_token) throw new Error('the issuer gave no id token');
  const { exp, iat } = response.profile;
  // The two tokens may live differently long; what counts is the one that is sent.
  const lifetime = Math.min(response.expires_in ?? Infinity, exp - iat);
  return { idToken: response.id_token, expiresAt: now + lifetime * 1000, response };
}

/** New tokens without anybody noticing, or `undefined` where the issuer gave no way to get them. */
export async function renew(client: OidcClient, { response }: Tokens): Promise<Tokens | undefined> {
  if (!response.refresh_token) return undefined;
  const state = {
    refresh_token: response.refresh_token,
    ...(response.id_token && { id_token: response.id_token }),
    session_state: response.session_state,
    ...(response.scope && { scope: response.scope }),
    profile: response.profile,
  };
  const renewed = await client.useRefreshToken({ state, timeoutInSeconds: 20 });
  renewed.refresh_token ??= response.refresh_token;
  return tokensOf(renewed, Date.now());
}

/** Equal for two tokens of one person in one account. */
export function userOf({ response: { profile } }: Tokens): string {
  return [profile.iss, profile.sub, profile['custom:account']].join('\n');
}
