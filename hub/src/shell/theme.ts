import { useSyncExternalStore } from 'react';
import { KEPT, type Theme, keep, kept, show, systemIsDark } from '../kept-theme';

const listeners = new Set<() => void>();
let theme: Theme = kept();

function change(to: Theme) {
  theme = to;
  show(theme);
  for (const listener of listeners) listener();
}

/** From here on the page is as light or dark as the choice, the system's or another tab's, says. */
export function followTheme() {
  show(theme);
  systemIsDark.addEventListener('change', () => show(theme));
  addEventListener('storage', ({ key }) => {
    if (key === KEPT) change(kept());
  });
}

export function chooseTheme(to: Theme) {
  keep(to);
  change(to);
}

export function useTheme(): Theme {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => theme,
  );
}
