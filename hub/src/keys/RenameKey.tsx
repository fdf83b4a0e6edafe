import Button from '@cloudscape-design/components/button';
import type { InputProps } from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type FormEvent, useId, useState } from 'react';
import { renameKey } from '../api/keys';
import type { Key } from '../api/types';
import { DialogButtons } from '../shell/DialogButtons';
import { useFirstFocus } from '../shell/first-focus';
import { ErrorAlert } from '../shell/ErrorAlert';
import { useNotify } from '../shell/Notifications';
import { words } from '../words';
import { NameField } from './NameField';
import { trimmed } from './name-rule';
import { nameFault } from './name-words';

interface RenameKeyProps {
  target: Key;
  onClose: (renamed?: Key) => void;
}

export default function RenameKey({ target, onClose }: RenameKeyProps) {
  const form = useId();
  const field = useFirstFocus<InputProps.Ref>();
  const notify = useNotify();
  const [name, setName] = useState(target.name);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || nameFault(name)) return;
    setBusy(true);
    setError(undefined);
    try {
      const renamed = await renameKey(target.id, trimmed(name));
      notify.succeeded(words.keys.edit.done(renamed.name));
      onClose(renamed);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };

  return (
    <Modal
      visible
      header={words.keys.edit.title}
      closeAriaLabel={words.create.close}
      onDismiss={() => !busy && onClose()}
      footer={
        <DialogButtons>
          <Button variant="link" formAction="none" disabled={busy} onClick={() => onClose()}>
            {words.keys.edit.stop}
          </Button>
          <Button variant="primary" form={form} loading={busy}>
            {words.keys.edit.submit}
          </Button>
        </DialogButtons>
      }
    >
      <form id={form} onSubmit={(event) => void submit(event)}>
        <SpaceBetween size="m">
          <NameField field={field} value={name} onChange={setName} always />
          {error ? <ErrorAlert error={error} /> : null}
        </SpaceBetween>
      </form>
    </Modal>
  );
}
