import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import type { ReactNode } from 'react';
import { said } from '../api/problem';
import { words } from '../words';

interface ErrorAlertProps {
  error: unknown;
  onRetry?: () => void;
  /** What the error means for what was being done. */
  children?: ReactNode;
}

/** An error in the API's own words. */
export function ErrorAlert({ error, onRetry, children }: ErrorAlertProps) {
  const { title, detail, requestId } = said(error);
  return (
    <div role="alert">
      <Alert type="error" header={title} action={onRetry && <Button onClick={onRetry}>{words.problem.retry}</Button>}>
        <div>{detail}</div>
        {children && <Box padding={{ top: 'xxs' }}>{children}</Box>}
        <RequestId id={requestId} />
      </Alert>
    </div>
  );
}

/** What an operator is asked with. */
export function RequestId({ id }: { id: string | undefined }) {
  if (!id) return null;
  return (
    <Box variant="small" color="inherit" display="block">
      {words.problem.requestId}{' '}
      <CopyToClipboard
        variant="inline"
        textToCopy={id}
        copyButtonAriaLabel={words.problem.copyRequestId}
        copySuccessText={words.copy.copied}
        copyErrorText={words.copy.failed}
      />
    </Box>
  );
}
