// Light, dark, or as the system is. The choice is the Hub's too: both pages keep it under one name.

import { Mode, applyMode } from '@cloudscape-design/global-styles';
import { useEffect, useState } from 'react';

export type Theme = 'light' | 'dark' | 'system';

const KEPT = 'hubkeys-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

function kept(): Theme {
  try {
    const theme = localStorage.getItem(KEPT);
    return theme === 'light' || theme === 'dark' ? theme : 'system';
  } catch {
    return 'system';
  }
}

function keep(theme: Theme) {
  try {
    if (theme === 'system') localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, theme);
  } catch {
    // Storage may be switched off. The choice then lasts as long as the page.
  }
}

function show(theme: Theme) {
  const isDark = theme === 'dark' || (theme === 'system' && dark.matches);
  // On the body too, for there Cloudscape declares its light colours. The first paint had no body yet.
  for (const element of [document.documentElement, document.body]) applyMode(isDark ? Mode.Dark : Mode.Light, element);
  document.documentElement.style.colorScheme = isDark ? 'dark' : 'light';
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(kept);
  useEffect(() => {
    show(theme);
    const again = () => show(theme);
    dark.addEventListener('change', again);
    return () => dark.removeEventListener('change', again);
  }, [theme]);
  useEffect(() => {
    // Another tab, or the Hub in one, has chosen anew.
    const chosen = (event: StorageEvent) => event.key === KEPT && setTheme(kept());
    addEventListener('storage', chosen);
    return () => removeEventListener('storage', chosen);
  }, []);
  return [
    theme,
    (chosen) => {
      keep(chosen);
      setTheme(chosen);
    },
  ];
}
