import Alert from '@cloudscape-design/components/alert';
import { words } from '../words';
import { Day } from '../shell/Time';
import { refusalOf, useAccount } from './account-context';
import { RequestVerification } from './RequestVerification';

/** Why the buttons below are disabled, and what can be done about it. */
export function NotAllowed() {
  const { account } = useAccount();
  const refusal = account && refusalOf(account);
  if (!account || !refusal) return null;
  const { requested } = refusal;
  return (
    <Alert
      type={requested ? 'info' : 'warning'}
      header={requested ? words.account.requested : refusal.title}
      action={<RequestVerification />}
    >
      {requested ? (
        <>
          {account.standing_since && (
            <>
              {words.account.requestedOn} <Day at={account.standing_since} />.{' '}
            </>
          )}
          {words.account.requestedDetail}
        </>
      ) : (
        refusal.detail
      )}
    </Alert>
  );
}
