import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Tabs from '@cloudscape-design/components/tabs';
import { useNavigate } from 'react-router';
import { AccountTab } from '../account/AccountTab';
import { ApiTab } from '../keys/ApiTab';
import { words } from '../words';
import { usePageTitle } from './page-title';
import { ACCOUNT, API_SETTINGS, PORTAL } from './paths';

export function ApiSettings({ tab }: { tab: 'api' | 'account' }) {
  const navigate = useNavigate();
  usePageTitle(tab === 'api' ? words.keys.title : words.account.title);
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description={
            <>
              {words.keys.intro}{' '}
              <Link href={PORTAL} fontSize="inherit">
                {words.keys.portal}
              </Link>
              .
            </>
          }
        >
          {words.keys.title}
        </Header>
      }
    >
      <Tabs
        ariaLabel={words.keys.title}
        activeTabId={tab}
        onChange={(event) => {
          if (event.detail.activeTabHref) void navigate(event.detail.activeTabHref);
        }}
        tabs={[
          { id: 'api', label: words.keys.tab, href: API_SETTINGS, content: <ApiTab /> },
          { id: 'account', label: words.account.title, href: ACCOUNT, content: <AccountTab /> },
        ]}
      />
    </ContentLayout>
  );
}
