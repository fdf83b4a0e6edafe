import { Mode, applyMode } from '@cloudscape-design/global-styles';
import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark' | 'system';

/** The only thing this page keeps in the browser. `public/theme.js` reads it before the first paint. */
const STORED = 'hubkeys-theme';

const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();
let theme: Theme = read();

function read(): Theme {
  try {
    const stored = localStorage.getItem(STORED);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    return 'system';
  }
}

function apply() {
  const dark = theme === 'dark' || (theme === 'system' && systemIsDark.matches);
  const mode = dark ? Mode.Dark : Mode.Light;
  applyMode(mode);
  // For what is seen where Cloudscape does not reach.
  applyMode(mode, document.documentElement);
  document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
}

/** From here on the page is as light or dark as the choice, the system's or another tab's, says. */
export function followTheme() {
  apply();
  systemIsDark.addEventListener('change', apply);
  addEventListener('storage', ({ key }) => {
    if (key === STORED) change(read());
  });
}

function change(to: Theme) {
  theme = to;
  apply();
  for (const listener of listeners) listener();
}

export function chooseTheme(to: Theme) {
  try {
    if (to === 'system') localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, to);
  } catch {
    // Without storage the choice holds for as long as this page does.
  }
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
