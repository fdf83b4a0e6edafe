import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { revokeKey } from '../../api/keys';
import type { Key } from '../../api/types';
import { DialogButtons } from '../../shell/DialogButtons';
import { ErrorAlert } from '../../shell/ErrorAlert';
import { words } from '../../words';
import { KeyId } from '../KeyId';

interface SecretLostProps {
  lost: Key;
  /** The key is revoked; another one is wanted. */
  onAgain: () => void;
  onKeep: () => void;
}

/** A retry found the key made by an attempt whose answer, with the secret in it, never arrived. */
export function SecretLost({ lost, onAgain, onKeep }: SecretLostProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  const again = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await revokeKey(lost.id, words.create.lost.reason);
      onAgain();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };

  return (
    <Modal
      visible
      header={words.create.lost.title}
      closeAriaLabel={words.create.close}
      onDismiss={() => !busy && onKeep()}
      footer={
        <DialogButtons>
          <Button variant="link" disabled={busy} onClick={onKeep}>
            {words.create.lost.keep}
          </Button>
          <Button variant="primary" loading={busy} onClick={() => void again()}>
            {words.create.lost.again}
          </Button>
        </DialogButtons>
      }
    >
      <SpaceBetween size="l">
        <div role="alert">
          <Alert type="warning">{words.create.lost.detail}</Alert>
        </div>
        <KeyValuePairs
          items={[
            { label: words.keys.column.name, value: lost.name },
            { label: words.keys.column.id, value: <KeyId of={lost} /> },
          ]}
        />
        {error ? <ErrorAlert error={error} /> : null}
      </SpaceBetween>
    </Modal>
  );
}
