import Button, { type ButtonProps } from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input, { type InputProps } from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import type { Key } from '../../api/types';
import { DialogButtons } from '../../shell/DialogButtons';
import { useFirstFocus } from '../../shell/first-focus';
import { ErrorAlert } from '../../shell/ErrorAlert';
import { within } from '../../shell/instant';
import { useNotify } from '../../shell/Notifications';
import { Seen } from '../../shell/Seen';
import { words } from '../../words';
import { trimmed } from '../name-rule';
import { reasonFault } from '../name-words';
import { AffectedKeys } from './AffectedKeys';
import { Standing } from './Standing';
import { useRevoking } from './revoking';

const IN_USE_DAYS = 7;

interface RevokeKeysProps {
  keys: readonly Key[];
  /** With whether any key has changed. */
  onClose: (changed: boolean) => void;
}

/** Says what will stop working, and only then revokes: one key or several, with a result for each. */
export default function RevokeKeys({ keys, onClose }: RevokeKeysProps) {
  const form = useId();
  const field = useFirstFocus<InputProps.Ref>();
  const notify = useNotify();
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const { run, results, busy, error, started } = useRevoking(keys);

  const only = keys.length === 1 ? keys[0] : undefined;
  const [openedAt] = useState(() => Date.now());
  const inUse = keys.filter(({ last_used_at }) => within(last_used_at, IN_USE_DAYS, openedAt));
  const wanted = inUse.length === 0 ? undefined : (only?.name ?? String(keys.length));
  const confirmed = wanted === undefined || trimmed(typed) === wanted;
  const fault = reasonFault(reason);
  const left = keys.filter(({ id }) => results.get(id)?.revoked !== true);
  const ended = started && !busy && !error;

  const closing = useRef<ButtonProps.Ref>(null);
  // What had the focus is gone or disabled by then, and would take it out of the dialog.
  useEffect(() => {
    if (ended && !only) closing.current?.focus();
  }, [ended, only]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || !confirmed || fault) return;
    const all = await run(left, trimmed(reason) || undefined);
    // Of several, each has its result to be read first.
    if (!all || !only) return;
    notify.succeeded(words.revoke.done(1), words.revoke.doneDetail);
    onClose(true);
  };

  // A refusal may mean that the list is old.
  const close = () => !busy && onClose(started);

  return (
    <Modal
      visible
      size={only ? 'medium' : 'large'}
      header={words.revoke.title(keys.length)}
      closeAriaLabel={words.revoke.close}
      onDismiss={close}
      footer={
        <DialogButtons>
          <Button ref={closing} variant="link" formAction="none" disabled={busy} onClick={close}>
            {started ? words.revoke.close : words.revoke.cancel}
          </Button>
          {left.length > 0 && (
            <Button variant="primary" form={form} loading={busy} disabled={!confirmed || fault !== undefined}>
              {ended && !only ? words.revoke.retry(left.length) : words.revoke.submit}
            </Button>
          )}
        </DialogButtons>
      }
    >
      <form id={form} onSubmit={(event) => void submit(event)}>
        <SpaceBetween size="l">
          <Standing {...{ keys, inUse, left, busy, started }} />
          <AffectedKeys keys={keys} inUse={inUse} results={results} />
          {!(started && !only) && (
            <>
              <FormField
                label={
                  <>
                    {words.revoke.reason} <i>– {words.revoke.optional}</i>
                  </>
                }
                constraintText={words.revoke.reasonDetail}
                errorText={fault}
                stretch
              >
                <Input
                  ref={field}
                  value={reason}
                  disabled={started}
                  autoComplete={false}
                  onChange={({ detail }) => setReason(detail.value)}
                />
              </FormField>
              {wanted !== undefined && (
                <FormField
                  label={only ? words.revoke.typeName(wanted) : words.revoke.typeCount(keys.length)}
                  constraintText={typed && !confirmed ? words.revoke.mismatch : undefined}
                  stretch
                >
                  <Input
                    value={typed}
                    disabled={started}
                    autoComplete={false}
                    spellcheck={false}
                    onChange={({ detail }) => setTyped(detail.value)}
                  />
                </FormField>
              )}
            </>
          )}
          {error ? (
            <Seen>
              <ErrorAlert error={error} />
            </Seen>
          ) : null}
        </SpaceBetween>
      </form>
    </Modal>
  );
}
