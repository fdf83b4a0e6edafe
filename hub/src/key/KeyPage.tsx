import Button from '@cloudscape-design/components/button';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { Suspense, lazy, useState } from 'react';
import { useParams } from 'react-router';
import { Problem } from '../api/problem';
import { ErrorAlert } from '../shell/ErrorAlert';
import { API_SETTINGS } from '../shell/paths';
import { usePageTitle } from '../shell/page-title';
import { RouterButton } from '../shell/RouterLink';
import { words } from '../words';
import { useAccount } from '../account/account-context';
import { Details } from './Details';
import { HistoryList } from './HistoryList';
import { useKey } from './key-state';

const RevokeKeys = lazy(() => import('../keys/revoke/RevokeKeys'));
const RenameKey = lazy(() => import('../keys/RenameKey'));

export default function KeyPage() {
  const { id = '' } = useParams();
  const { key, history, error, reload } = useKey(id);
  const { reload: reloadAccount } = useAccount();
  const [dialog, setDialog] = useState<'rename' | 'revoke'>();
  const missing = error instanceof Problem && error.status === 404;
  const title = key?.name ?? (missing ? words.keys.page.notFound : id);
  usePageTitle(title);

  const back = <RouterButton href={API_SETTINGS}>{words.keys.page.back}</RouterButton>;

  if (missing) {
    return (
      <ContentLayout header={<Header variant="h1">{title}</Header>}>
        <SpaceBetween size="l">
          <ErrorAlert error={error}>{words.keys.page.notFoundDetail}</ErrorAlert>
          {back}
        </SpaceBetween>
      </ContentLayout>
    );
  }

  const live = key !== undefined && key.status !== 'revoked';
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {back}
              <Button
                disabled={!live}
                {...(key && !live && { disabledReason: words.keys.edit.revoked })}
                onClick={() => setDialog('rename')}
              >
                {words.keys.rename}
              </Button>
              <Button
                disabled={!live}
                {...(key && !live && { disabledReason: words.keys.page.alreadyRevoked })}
                onClick={() => setDialog('revoke')}
              >
                {words.keys.revoke}
              </Button>
            </SpaceBetween>
          }
        >
          {title}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {error ? <ErrorAlert error={error} onRetry={reload} /> : null}
        {!key && !error && <StatusIndicator type="loading">{words.keys.page.loading}</StatusIndicator>}
        {key && <Details of={key} />}
        {history && <HistoryList events={history} />}
      </SpaceBetween>
      <Suspense fallback={null}>
        {key && dialog === 'rename' && (
          <RenameKey
            target={key}
            onClose={(renamed) => {
              setDialog(undefined);
              if (renamed) reload();
            }}
          />
        )}
        {key && dialog === 'revoke' && (
          <RevokeKeys
            keys={[key]}
            onClose={(changed) => {
              setDialog(undefined);
              if (!changed) return;
              reload();
              reloadAccount();
            }}
          />
        )}
      </Suspense>
    </ContentLayout>
  );
}
