import { useEffect, useRef } from 'react';
import { connection } from '../api/connection';

/** Two windows on one list must not ask again at every click between them. */
const APART_MS = 5_000;

/** Calls back when what is shown may have become old: the window is looked at again, or the connection is back. */
export function useRefresh(refresh: () => void) {
  const latest = useRef(refresh);
  useEffect(() => {
    latest.current = refresh;
  });
  useEffect(() => {
    let last = Date.now();
    const seen = () => {
      if (document.visibilityState !== 'visible' || Date.now() - last < APART_MS) return;
      last = Date.now();
      latest.current();
    };
    let lost = connection.lost();
    const unsubscribe = connection.subscribe(() => {
      const was = lost;
      lost = connection.lost();
      if (was && !lost) latest.current();
    });
    addEventListener('focus', seen);
    document.addEventListener('visibilitychange', seen);
    return () => {
      unsubscribe();
      removeEventListener('focus', seen);
      document.removeEventListener('visibilitychange', seen);
    };
  }, []);
}
