import AppLayoutToolbar from '@cloudscape-design/components/app-layout-toolbar';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import LiveRegion from '@cloudscape-design/components/live-region';
import Spinner from '@cloudscape-design/components/spinner';
import Box from '@cloudscape-design/components/box';
import { Suspense, useState } from 'react';
import { Outlet, useLocation } from 'react-router';
import { AccountProvider } from '../account/account-context';
import { words } from '../words';
import { Notifications, NotificationsProvider } from './Notifications';
import { Navigation } from './Navigation';
import { ACCOUNT, API_SETTINGS } from './paths';
import { useFollow } from './RouterLink';
import { TopBar } from './TopBar';
import { useNarrow } from './narrow';

export function Layout() {
  const narrow = useNarrow();
  const [navigationOpen, setNavigationOpen] = useState(!narrow);
  return (
    <NotificationsProvider>
      <AccountProvider>
        <a className="skip" href="#content">
          {words.navigation.skip}
        </a>
        <div id="top">
          <TopBar />
        </div>
        <AppLayoutToolbar
          headerSelector="#top"
          contentType="table"
          toolsHide
          navigationWidth={200}
          navigationOpen={navigationOpen}
          onNavigationChange={({ detail }) => setNavigationOpen(detail.open)}
          navigation={<Navigation onFollowed={() => narrow && setNavigationOpen(false)} />}
          breadcrumbs={<Breadcrumbs />}
          notifications={<Notifications />}
          stickyNotifications
          content={
            <div id="content" tabIndex={-1}>
              <Suspense fallback={<Waiting />}>
                <Outlet />
              </Suspense>
            </div>
          }
          ariaLabels={{
            navigation: words.navigation.label,
            navigationToggle: words.navigation.open,
            navigationClose: words.navigation.close,
            notifications: words.navigation.notifications,
          }}
        />
      </AccountProvider>
    </NotificationsProvider>
  );
}

function Waiting() {
  return (
    <Box textAlign="center" padding="xxl">
      <Spinner size="large" />
      <LiveRegion hidden>{words.keys.page.loading}</LiveRegion>
    </Box>
  );
}

function Breadcrumbs() {
  const { pathname } = useLocation();
  const follow = useFollow();
  const items = [
    { text: words.navigation.settings, href: '/settings' },
    { text: words.navigation.apiSettings, href: API_SETTINGS },
  ];
  if (pathname === ACCOUNT) items.push({ text: words.account.title, href: ACCOUNT });
  const key = /\/keys\/([^/]+)$/.exec(pathname)?.[1];
  if (key) items.push({ text: key, href: pathname });
  return <BreadcrumbGroup ariaLabel={words.navigation.breadcrumbs} items={items} onFollow={follow} />;
}
