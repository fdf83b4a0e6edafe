import { useCallback, useEffect, useState } from 'react';
import { getHistory, getKey } from '../api/keys';
import type { HistoryEvent, Key } from '../api/types';
import { useRefresh } from '../shell/refresh';

interface Shown {
  key: Key;
  history: HistoryEvent[];
}

/** A key with its history. What is shown stays while it is asked for again. */
export function useKey(id: string) {
  const [shown, setShown] = useState<Shown>();
  const [error, setError] = useState<unknown>();
  const [asked, setAsked] = useState(0);
  const reload = useCallback(() => setAsked((times) => times + 1), []);
  useRefresh(reload);

  useEffect(() => {
    const abort = new AbortController();
    Promise.all([getKey(id, abort.signal), getHistory(id, abort.signal)]).then(
      ([key, history]) => {
        if (abort.signal.aborted) return;
        setShown({ key, history });
        setError(undefined);
      },
      (failure: unknown) => {
        if (!abort.signal.aborted) setError(failure);
      },
    );
    return () => abort.abort();
  }, [id, asked]);

  const current = shown?.key.id === id ? shown : undefined;
  return { key: current?.key, history: current?.history, error, reload };
}
