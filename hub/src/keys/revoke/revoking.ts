import { useRef, useState } from 'react';
import { REVOKE_AT_ONCE, revokeKey, revokeKeys } from '../../api/keys';
import { sentence } from '../../api/problem';
import type { Key } from '../../api/types';

export interface Result {
  revoked: boolean;
  /** The problem's words, where it was not. */
  detail?: string | undefined;
}

export type Results = ReadonlyMap<string, Result>;

/** Revokes keys, so many in a request as it takes, and keeps what became of each. It may be run again for those that are left. */
export function useRevoking(keys: readonly Key[]) {
  const [results, setResults] = useState<Results>(new Map());
  const [busy, setBusy] = useState(false);
  const [started, setStarted] = useState(false);
  const [error, setError] = useState<unknown>();
  const running = useRef(false);

  /** Whether all of them are revoked now. */
  const run = async (left: readonly Key[], reason: string | undefined): Promise<boolean> => {
    if (running.current) return false;
    running.current = true;
    setBusy(true);
    setStarted(true);
    setError(undefined);
    let all = true;
    const take = (id: string, result: Result) => {
      all &&= result.revoked;
      setResults((now) => new Map(now).set(id, result));
    };
    try {
      if (keys.length === 1) {
        for (const { id } of left) {
          await revokeKey(id, reason);
          take(id, { revoked: true });
        }
      }
      for (let from = 0; keys.length > 1 && from < left.length; from += REVOKE_AT_ONCE) {
        const ids = left.slice(from, from + REVOKE_AT_ONCE).map(({ id }) => id);
        for (const { id, status, problem } of await revokeKeys(ids, reason)) {
          take(id, { revoked: status === 200, detail: problem && sentence(problem.detail) });
        }
      }
      return all;
    } catch (failure) {
      setError(failure);
      return false;
    } finally {
      running.current = false;
      setBusy(false);
    }
  };

  return { run, results, busy, started, error };
}
