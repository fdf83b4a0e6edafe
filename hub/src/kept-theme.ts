// Light, dark, or as the system is: one choice for the Hub and the portal. `public/theme.js` reads it before the first paint.
// Nothing else is kept in the browser.

export type Theme = 'light' | 'dark' | 'system';

export const KEPT = 'hubkeys-theme';
export const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

export function kept(): Theme {
  try {
    const theme = localStorage.getItem(KEPT);
    return theme === 'light' || theme === 'dark' ? theme : 'system';
  } catch {
    return 'system';
  }
}

export function keep(theme: Theme) {
  try {
    if (theme === 'system') localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, theme);
  } catch {
    // Storage may be switched off. The choice then lasts as long as the page.
  }
}

/** As Cloudscape's `applyMode` does, which would bring more than the reference has room for. */
export function show(theme: Theme) {
  const isDark = theme === 'dark' || (theme === 'system' && systemIsDark.matches);
  // On the body too, for there Cloudscape declares its light colours. The first paint had no body yet.
  for (const { classList } of [document.documentElement, document.body]) classList.toggle('awsui-dark-mode', isDark);
  document.documentElement.style.colorScheme = isDark ? 'dark' : 'light';
}
