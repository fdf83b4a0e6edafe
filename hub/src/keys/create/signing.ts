import type { Algorithm, Dialect, ReplayProtection, Signing } from '../../api/types';
import { words } from '../../words';

// What an HMAC key may sign with. A policy that nobody has touched is left out of the request, so that the server's default holds.

export const ALGORITHMS: readonly Algorithm[] = ['hmac-sha1', 'hmac-sha256', 'hmac-sha384', 'hmac-sha512'];
export const DIALECTS: readonly Dialect[] = ['hub-hmac', 'rfc9421', 'cavage-12'];
export const REPLAY_PROTECTIONS: readonly ReplayProtection[] = ['nonce', 'off', 'unsafe-methods', 'all'];

/** The only one that the official SDKs sign with. */
export const SDK_ALGORITHM: Algorithm = 'hmac-sha1';

export interface Policy {
  algorithms: readonly Algorithm[];
  dialects: readonly Dialect[];
  replayProtection: ReplayProtection;
}

export const EVERYTHING: Policy = { algorithms: ALGORITHMS, dialects: DIALECTS, replayProtection: 'nonce' };

/** `undefined` where nothing was changed. */
export function signingOf(policy: Policy): Signing | undefined {
  if (policy === EVERYTHING) return undefined;
  const { algorithms, dialects, replayProtection } = policy;
  return { algorithms: [...algorithms], dialects: [...dialects], replay_protection: replayProtection };
}

export function signingFault({ algorithms, dialects }: Policy): string | undefined {
  if (algorithms.length === 0) return words.create.noAlgorithm;
  if (dialects.length === 0) return words.create.noDialect;
  return undefined;
}

/** A choice with one more or one less, in the order of all. */
export function toggled<T>(all: readonly T[], chosen: readonly T[], one: T): readonly T[] {
  return all.filter((each) => (each === one ? !chosen.includes(one) : chosen.includes(each)));
}
