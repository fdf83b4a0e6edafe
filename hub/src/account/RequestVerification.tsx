import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { requestVerification } from '../api/account';
import { useNotify } from '../shell/Notifications';
import { words } from '../words';
import { useAccount } from './account-context';

/** Shown to those who can request it, while there is something to request. */
export function RequestVerification() {
  const { account, set } = useAccount();
  const notify = useNotify();
  const [busy, setBusy] = useState(false);
  if (!account || account.standing !== 'unverified' || account.caller.role !== 'administrator') return null;

  const request = async () => {
    setBusy(true);
    try {
      set(await requestVerification());
      notify.succeeded(words.account.requestSent, words.account.requestedDetail);
    } catch (error) {
      notify.failed(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Button loading={busy} loadingText={words.account.request} onClick={() => void request()}>
      {words.account.request}
    </Button>
  );
}
