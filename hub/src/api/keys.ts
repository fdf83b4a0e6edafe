import { api, body, outcome } from './client';
import type { History, Key, KeyPage, ListQuery, NewKey, RevokeResult } from './types';

export function listKeys(query: ListQuery, signal: AbortSignal): Promise<KeyPage> {
  return body(api().GET('/v1/keys', { params: { query }, signal }));
}

export function getKey(id: string, signal: AbortSignal): Promise<Key> {
  return body(api().GET('/v1/keys/{id}', { params: { path: { id } }, signal }));
}

export async function getHistory(id: string, signal: AbortSignal): Promise<History['events']> {
  return (await body(api().GET('/v1/keys/{id}/history', { params: { path: { id } }, signal }))).events;
}

export interface Created {
  key: Key;
  /** `undefined` where an earlier answer to the same request had it, which never arrived. */
  secret: string | undefined;
}

export async function createKey(key: NewKey, idempotencyKey: string, signal: AbortSignal): Promise<Created> {
  const call = api().POST('/v1/keys', {
    params: { header: { 'idempotency-key': idempotencyKey } },
    body: key,
    signal,
  });
  const { secret, ...made }: Key & { secret?: string } = (await outcome(call)).body;
  return { key: made, secret };
}

export function renameKey(id: string, name: string): Promise<Key> {
  return body(api().PATCH('/v1/keys/{id}', { params: { path: { id } }, body: { name } }));
}

export function revokeKey(id: string, reason: string | undefined): Promise<Key> {
  return body(api().POST('/v1/keys/{id}/revoke', { params: { path: { id } }, body: reason ? { reason } : {} }));
}

/** The most ids that one request may name. */
export const REVOKE_AT_ONCE = 50;

export async function revokeKeys(ids: string[], reason: string | undefined): Promise<RevokeResult[]> {
  return (await body(api().POST('/v1/keys/revoke', { body: reason ? { ids, reason } : { ids } }))).results;
}
