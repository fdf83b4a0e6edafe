import SpaceBetween from '@cloudscape-design/components/space-between';
import { NotAllowed } from '../account/NotAllowed';
import { useAccount } from '../account/account-context';
import { ErrorAlert } from '../shell/ErrorAlert';
import { KeysSection } from './KeysSection';

export function ApiTab() {
  const { account, error, reload } = useAccount();
  return (
    <SpaceBetween size="l">
      {error && !account ? <ErrorAlert error={error} onRetry={reload} /> : null}
      <NotAllowed />
      <KeysSection scheme="basic" />
      <KeysSection scheme="hmac" />
    </SpaceBetween>
  );
}
