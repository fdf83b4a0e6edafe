import { useSyncExternalStore } from 'react';
import { ago, dayOf, inFull } from './instant';

let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for every time on the page, which stands still while nothing shows one. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 30_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** How long ago, with the instant itself on hover. */
export function Ago({ at }: { at: string }) {
  const current = useNow();
  return (
    <time dateTime={at} title={inFull(at)}>
      {ago(at, Math.max(current, Date.now()))}
    </time>
  );
}

export function Day({ at }: { at: string }) {
  return (
    <time dateTime={at} title={inFull(at)}>
      {dayOf(at)}
    </time>
  );
}
