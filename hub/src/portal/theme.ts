// The theme of the guides.

import { useEffect, useState } from 'react';
import { KEPT, type Theme, keep, kept, show, systemIsDark } from '../kept-theme';

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(kept);
  useEffect(() => {
    show(theme);
    const again = () => show(theme);
    systemIsDark.addEventListener('change', again);
    return () => systemIsDark.removeEventListener('change', again);
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
