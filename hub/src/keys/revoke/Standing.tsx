import Alert from '@cloudscape-design/components/alert';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import type { Key } from '../../api/types';
import { words } from '../../words';

interface StandingProps {
  keys: readonly Key[];
  inUse: readonly Key[];
  left: readonly Key[];
  busy: boolean;
  started: boolean;
}

/** What it will mean, how far it is, or what has become of it. */
export function Standing({ keys, inUse, left, busy, started }: StandingProps) {
  const only = keys.length === 1;
  if (!started || only) {
    return (
      <Alert type="warning" header={inUse.length > 0 ? words.revoke.inUse(inUse.length) : undefined}>
        {inUse.length > 0 && <>{only ? words.revoke.inUseDetail : words.revoke.inUseDetailMany} </>}
        {words.revoke.consequence(keys.length)}
      </Alert>
    );
  }
  const revoked = keys.length - left.length;
  if (busy) {
    return (
      <ProgressBar
        label={words.revoke.progress}
        value={(100 * revoked) / keys.length}
        additionalInfo={words.revoke.progressOf(revoked, keys.length)}
      />
    );
  }
  return (
    <div role="status">
      {left.length === 0 ? (
        <Alert type="success" header={words.revoke.done(keys.length)}>
          {words.revoke.doneDetailMany}
        </Alert>
      ) : (
        <Alert type="warning" header={words.revoke.summary(revoked, keys.length)}>
          {words.revoke.leftDetail}
        </Alert>
      )}
    </div>
  );
}
