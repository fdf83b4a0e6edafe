import TopNavigation, { type TopNavigationProps } from '@cloudscape-design/components/top-navigation';
import { useAccount } from '../account/account-context';
import { session } from '../sign-in/session';
import { words } from '../words';
import { ACCOUNT, PORTAL } from './paths';
import { useFollow } from './RouterLink';
import type { Theme } from '../kept-theme';
import { chooseTheme, useTheme } from './theme';

const THEMES: Theme[] = ['light', 'dark', 'system'];

export function TopBar() {
  const { account } = useAccount();
  const theme = useTheme();
  const follow = useFollow();

  const utilities: TopNavigationProps.Utility[] = [
    { type: 'button', text: words.navigation.portal, href: PORTAL },
    {
      type: 'menu-dropdown',
      text: words.theme.label,
      iconName: 'view-full',
      items: THEMES.map((id) => ({
        id,
        itemType: 'checkbox' as const,
        checked: id === theme,
        text: words.theme[id],
      })),
      onItemClick: ({ detail }) => chooseTheme(detail.id as Theme),
    },
  ];
  if (account) {
    const { user, role } = account.caller;
    const shown = String(session.profile?.email ?? user);
    utilities.push({
      type: 'button',
      iconName: 'user-profile',
      text: `${shown} · ${words.user.role[role] ?? role} · ${account.id}`,
      ariaLabel: `${words.user.menu(shown)}, ${words.user.role[role] ?? role}, ${words.user.account(account.id)}`,
      href: ACCOUNT,
      onFollow: follow,
    });
  }
  utilities.push({ type: 'button', text: words.user.signOut, onClick: () => session.signOut() });

  return (
    <TopNavigation
      identity={{
        href: '/',
        title: words.product,
        logo: { src: '/icon.svg', alt: '' },
        onFollow: (event) => follow({ preventDefault: () => event.preventDefault(), detail: { href: '/' } }),
      }}
      utilities={utilities}
      i18nStrings={{ overflowMenuTriggerText: words.navigation.more, overflowMenuTitleText: words.navigation.more }}
    />
  );
}
