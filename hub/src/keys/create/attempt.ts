import { useEffect, useRef, useState } from 'react';
import { type Created, createKey } from '../../api/keys';
import type { NewKey } from '../../api/types';

/**
 * Sends a create so that pressing the button again, after whatever went wrong, never makes a second key: the same content
 * goes under the same idempotency key, also after other content was tried, which goes under another.
 */
export function useAttempt() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const sent = useRef(new Map<string, string>());
  const running = useRef(false);
  const gone = useRef<AbortController>(undefined);

  useEffect(() => {
    const controller = new AbortController();
    gone.current = controller;
    return () => controller.abort();
  }, []);

  const attempt = async (key: NewKey): Promise<Created | undefined> => {
    // State is too late for the second click of a double click.
    if (running.current || !gone.current) return undefined;
    const { signal } = gone.current;
    const content = JSON.stringify(key);
    const idempotencyKey = sent.current.get(content) ?? crypto.randomUUID();
    sent.current.set(content, idempotencyKey);
    running.current = true;
    setBusy(true);
    setError(undefined);
    try {
      return await createKey(key, idempotencyKey, signal);
    } catch (failure) {
      if (!signal.aborted) setError(failure);
      return undefined;
    } finally {
      running.current = false;
      setBusy(false);
    }
  };

  return { attempt, busy, error };
}
