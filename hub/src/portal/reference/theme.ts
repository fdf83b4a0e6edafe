// The theme of the reference: what the guides' menu does, with what a browser has.

import { KEPT, type Theme, keep, kept, show, systemIsDark } from '../../kept-theme';

const select = document.querySelector<HTMLSelectElement>('#theme');

/** From here on the page is as light or dark as the choice, the system's or another tab's, says. */
export function followTheme(changed: () => void) {
  const follow = () => {
    const before = isDark();
    show(kept());
    if (select) select.value = kept();
    if (isDark() !== before) changed();
  };
  follow();
  select?.addEventListener('change', () => {
    keep(select.value as Theme);
    follow();
  });
  systemIsDark.addEventListener('change', follow);
  addEventListener('storage', ({ key }) => key === KEPT && follow());
}

export function isDark(): boolean {
  return document.documentElement.classList.contains('awsui-dark-mode');
}
