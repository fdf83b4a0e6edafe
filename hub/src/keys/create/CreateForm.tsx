import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import type { InputProps } from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type FormEvent, useId, useState } from 'react';
import type { Created } from '../../api/keys';
import { Problem, Unreachable } from '../../api/problem';
import type { Scheme } from '../../api/types';
import { ErrorAlert } from '../../shell/ErrorAlert';
import { DialogButtons } from '../../shell/DialogButtons';
import { useFirstFocus } from '../../shell/first-focus';
import { Seen } from '../../shell/Seen';
import { words } from '../../words';
import { NameField } from '../NameField';
import { trimmed } from '../name-rule';
import { nameFault } from '../name-words';
import { SigningFields } from './SigningFields';
import { EVERYTHING, type Policy, signingFault, signingOf } from './signing';
import { useAttempt } from './attempt';

/** What was typed and chosen. */
export interface Wanted {
  name: string;
  policy: Policy;
}

interface CreateFormProps {
  scheme: Scheme;
  /** What to begin with, where it was typed before. */
  from?: Wanted;
  onCreated: (created: Created, wanted: Wanted) => void;
  onCancel: () => void;
}

export function CreateForm({ scheme, from = { name: '', policy: EVERYTHING }, onCreated, onCancel }: CreateFormProps) {
  const form = useId();
  const field = useFirstFocus<InputProps.Ref>();
  const [name, setName] = useState(from.name);
  const [policy, setPolicy] = useState(from.policy);
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
    if (created) onCreated(created, { name, policy });
  };

  const close = () => {
    // While it is not known what became of the key, its secret may be on its way.
    if (busy) return;
    if (!typed) onCancel();
    else setDiscarding(!discarding);
  };

  const keep = () => {
    setDiscarding(false);
    // The button that was pressed goes, and would take the focus out of the dialog with it.
    field.current?.focus();
  };

  const undecided = error instanceof Unreachable || (error instanceof Problem && error.undecided);

  return (
    <Modal
      visible
      header={words.create.title[scheme]}
      closeAriaLabel={words.create.close}
      onDismiss={close}
      footer={
        <DialogButtons>
          <Button variant="link" formAction="none" disabled={busy} onClick={close}>
            {words.create.cancel}
          </Button>
          <Button variant="primary" form={form} loading={busy} loadingText={words.create.submit}>
            {words.create.submit}
          </Button>
        </DialogButtons>
      }
    >
      <form id={form} onSubmit={(event) => void submit(event)}>
        <SpaceBetween size="l">
          <NameField
            field={field}
            value={name}
            onChange={setName}
            always={pressed}
            description={words.create.nameDetail}
            placeholder={words.create.namePlaceholder}
          />
          {scheme === 'hmac' && <SigningFields policy={policy} onChange={setPolicy} />}
          {error ? (
            <Seen>
              <ErrorAlert error={error}>{undecided && words.create.undecided}</ErrorAlert>
            </Seen>
          ) : null}
          {discarding && (
            <Seen>
              <div role="alert">
                <Alert
                  type="warning"
                  header={words.create.discard}
                  action={
                    <SpaceBetween direction="horizontal" size="xs">
                      <Button formAction="none" onClick={keep}>
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
            </Seen>
          )}
        </SpaceBetween>
      </form>
    </Modal>
  );
}
