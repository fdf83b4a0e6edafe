import SideNavigation from '@cloudscape-design/components/side-navigation';
import { words } from '../words';
import { API_SETTINGS, PORTAL } from './paths';
import { useFollow } from './RouterLink';

export function Navigation({ onFollowed }: { onFollowed: () => void }) {
  const follow = useFollow();
  return (
    <SideNavigation
      header={{ text: words.product, href: '/' }}
      activeHref={API_SETTINGS}
      onFollow={(event) => {
        follow(event);
        onFollowed();
      }}
      items={[
        {
          type: 'section',
          text: words.navigation.settings,
          items: [{ type: 'link', text: words.navigation.apiSettings, href: API_SETTINGS }],
        },
        { type: 'divider' },
        { type: 'link', text: words.navigation.portal, href: PORTAL },
      ]}
    />
  );
}
