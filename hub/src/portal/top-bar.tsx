import TopNavigation from '@cloudscape-design/components/top-navigation';
import { go } from './route';
import type { Theme } from '../kept-theme';
import { useTheme } from './theme';
import { words } from './words';

const THEMES: Theme[] = ['light', 'dark', 'system'];

export function TopBar() {
  const [theme, setTheme] = useTheme();
  return (
    <header id="top" className="portal-top">
      <TopNavigation
        identity={{
          title: words.portal,
          href: '/docs',
          onFollow: (event) => {
            event.preventDefault();
            go('/docs');
          },
        }}
        i18nStrings={{
          overflowMenuTriggerText: words.more,
          overflowMenuTitleText: words.menu,
          overflowMenuBackIconAriaLabel: words.back,
          overflowMenuDismissIconAriaLabel: words.close,
        }}
        utilities={[
          { type: 'button', text: words.reference, href: '/docs/reference' },
          { type: 'button', text: words.hub, href: '/' },
          {
            type: 'menu-dropdown',
            text: words.theme,
            items: THEMES.map((id) => ({
              id,
              text: words.themes[id],
              itemType: 'checkbox',
              checked: id === theme,
            })),
            onItemClick: ({ detail }) => setTheme(THEMES.find((id) => id === detail.id) ?? 'system'),
          },
        ]}
      />
    </header>
  );
}
