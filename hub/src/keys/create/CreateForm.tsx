import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type FormEvent, useId, useState } from 'react';
import type { Created } from '../../api/keys';
import { Problem, Unreachable } from '../../api/problem';
import type { Scheme } from '../../api/types';
import { ErrorAlert } from '../../shell/ErrorAlert';
import { words } from '../../words';
import { NameField } from '../NameField';
import { trimmed } from '../name-rule';
import { nameFault } from '../name-words';
import { SigningFields } from './SigningFields';
import { EVERYTHING, signingFault, signingOf } from './signing';
import { useAttempt } from './attempt';

interface CreateFormProps {
  scheme: Scheme;
  onCreated: (created: Created) => void;
  onCancel: () => void;
}

export function CreateForm({ scheme, onCreated, onCancel }: CreateFormProps) {
  const form = useId();
  const [name, setName] = useState('');
  const [policy, setPolicy] = useState(EVERYTHING);
  const [pressed, setPressed] = useState(false);
  const [discarding, setDiscarding] = useState(false);
  const { attempt, busy, error } = useAttempt();

  const typed = name !== '' || policy !== EVERYTHING;
  const signing = scheme === 'hmac' ? signingOf(policy) : undefined;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setPressed(true);
    if (busy || nameFault(name) || (scheme === 'hmac' && signingFault(policy))) return;
    const created = await attempt({ name: trimmed(name), scheme, ...(signing && { signing }) });
    if (created) onCreated(created);
  };

  const close = () => {
    // While it is not known what became of the key, its secret may be on its way.
    if (busy) return;
    if (typed && !discarding) setDiscarding(true);
    else onCancel();
  };

  const undecided = error instanceof Unreachable || (error instanceof Problem && error.undecided);

  return (
    <Modal
      visible
      header={words.create.title[scheme]}
      closeAriaLabel={words.create.close}
      onDismiss={close}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" formAction="none" disabled={busy} onClick={close}>
              {words.create.cancel}
            </Button>
            <Button variant="primary" form={form} loading={busy} loadingText={words.create.submit}>
              {words.create.submit}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form id={form} onSubmit={(event) => void submit(event)}>
        <SpaceBetween size="l">
          <NameField
            value={name}
            onChange={setName}
            always={pressed}
            description={words.create.nameDetail}
            placeholder={words.create.namePlaceholder}
          />
          {scheme === 'hmac' && <SigningFields policy={policy} onChange={setPolicy} />}
          {error ? <ErrorAlert error={error}>{undecided && words.create.undecided}</ErrorAlert> : null}
          {discarding && (
            <div role="alert">
              <Alert
                type="warning"
                header={words.create.discard}
                action={
                  <SpaceBetween direction="horizontal" size="xs">
                    <Button formAction="none" onClick={() => setDiscarding(false)}>
                      {words.create.discardNo}
                    </Button>
                    <Button formAction="none" onClick={onCancel}>
                      {words.create.discardYes}
                    </Button>
                  </SpaceBetween>
                }
              >
                {words.create.discardDetail}
              </Alert>
            </div>
          )}
        </SpaceBetween>
      </form>
    </Modal>
  );
}
