import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button, { type ButtonProps } from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { DialogButtons } from '../shell/DialogButtons';
import { useFirstFocus } from '../shell/first-focus';
import { ErrorAlert } from '../shell/ErrorAlert';
import { words } from '../words';
import { session } from './session';
import { signInBeside, signInHere } from './way';

/** Lies over everything while requests wait for somebody to sign in again. What is below stays as it is. */
export function SessionEnded() {
  const ended = useSyncExternalStore(session.subscribe, session.hasEnded);
  return ended ? <Ask /> : null;
}

function Ask() {
  const [state, setState] = useState<'asking' | 'insisting' | 'waiting' | 'blocked'>('asking');
  const [error, setError] = useState<unknown>();
  const button = useFirstFocus<ButtonProps.Ref>();
  const attempt = useRef<AbortController>(undefined);
  useEffect(() => () => attempt.current?.abort(), []);

  const beside = async () => {
    attempt.current?.abort();
    const { signal } = (attempt.current = new AbortController());
    setError(undefined);
    setState('waiting');
    try {
      if (!(await signInBeside(signal))) setState('blocked');
    } catch (failure) {
      if (signal.aborted) return;
      setError(failure);
      setState('asking');
    }
  };

  return (
    <Modal
      visible
      header={words.signIn.ended}
      closeAriaLabel={words.create.close}
      onDismiss={() => setState('insisting')}
      footer={
        <DialogButtons>
          <Button variant="link" onClick={() => void signInHere(location.pathname + location.search)}>
            {words.signIn.here}
          </Button>
          <Button ref={button} variant="primary" onClick={() => void beside()}>
            {words.signIn.again}
          </Button>
        </DialogButtons>
      }
    >
      <SpaceBetween size="s">
        <Box>{words.signIn.endedDetail}</Box>
        {state === 'insisting' && (
          <div role="alert">
            <Alert type="warning">{words.signIn.needed}</Alert>
          </div>
        )}
        {state === 'waiting' && <StatusIndicator type="loading">{words.signIn.waiting}</StatusIndicator>}
        {state === 'blocked' && <Alert type="warning">{words.signIn.blocked}</Alert>}
        {error ? <ErrorAlert error={error} /> : null}
        <Box variant="small">
          {words.signIn.here}: {words.signIn.hereDetail}
        </Box>
      </SpaceBetween>
    </Modal>
  );
}
