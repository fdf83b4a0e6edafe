import { api, body } from './client';
import type { Account } from './types';

export function getAccount(signal: AbortSignal): Promise<Account> {
  return body(api().GET('/v1/account', { signal }));
}

export function requestVerification(): Promise<Account> {
  return body(api().POST('/v1/account/verification', {}));
}
