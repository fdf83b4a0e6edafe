import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { Account } from '../api/types';
import { ErrorAlert } from '../shell/ErrorAlert';
import { Day } from '../shell/Time';
import { session } from '../sign-in/session';
import { words } from '../words';
import { refusalOf, useAccount } from './account-context';
import { NotAllowed } from './NotAllowed';

const LOOKS: Record<Account['standing'], StatusIndicatorProps.Type> = {
  unverified: 'warning',
  verification_requested: 'pending',
  verified: 'success',
  suspended: 'stopped',
};

export function AccountTab() {
  const { account, error, reload } = useAccount();
  if (!account) {
    return error ? <ErrorAlert error={error} onRetry={reload} /> : <StatusIndicator type="loading">{words.account.loading}</StatusIndicator>;
  }
  const { caller } = account;
  return (
    <SpaceBetween size="l">
      <NotAllowed />
      <ColumnLayout columns={2}>
        <Container header={<Header variant="h2">{words.account.title}</Header>}>
          <KeyValuePairs
            columns={2}
            items={[
              { label: words.account.id, value: account.id },
              {
                label: words.account.standing,
                value: <StatusIndicator type={LOOKS[account.standing]}>{words.account.standings[account.standing]}</StatusIndicator>,
              },
              { label: words.account.since, value: account.standing_since ? <Day at={account.standing_since} /> : '–' },
              { label: words.account.opened, value: account.opened_at ? <Day at={account.opened_at} /> : words.account.never },
              {
                label: words.account.liveKeys,
                value: (
                  <>
                    {words.account.ofLimit(account.live_keys, account.key_limit)}
                    <Box variant="small" display="block">
                      {words.account.limitDetail}
                    </Box>
                  </>
                ),
              },
            ]}
          />
        </Container>
        <Container header={<Header variant="h2">{words.account.you}</Header>}>
          <SpaceBetween size="l">
            <KeyValuePairs
              columns={2}
              items={[
                { label: words.account.user, value: String(session.profile?.email ?? caller.user) },
                { label: words.account.role, value: words.user.role[caller.role] ?? caller.role },
              ]}
            />
            <Box color="text-body-secondary">{refusalOf(account)?.detail ?? words.account.mayManage}</Box>
          </SpaceBetween>
        </Container>
      </ColumnLayout>
    </SpaceBetween>
  );
}
