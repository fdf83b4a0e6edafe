import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox, { type CheckboxProps } from '@cloudscape-design/components/checkbox';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { Suspense, lazy, useRef, useState } from 'react';
import type { Key } from '../../api/types';
import { words } from '../../words';
import { download, envFile, envFileName } from '../env-file';
import { useLeaveAsks } from './leave-asks';

const Examples = lazy(() => import('./Examples'));

interface CredentialsProps {
  made: Key;
  secret: string;
  onOk: () => void;
}

/** The only sight of the secret. It can't be closed before somebody says that the secret is saved. */
export function Credentials({ made, secret, onOk }: CredentialsProps) {
  const [saved, setSaved] = useState(false);
  const [hurried, setHurried] = useState(false);
  const leave = useLeaveAsks();
  const box = useRef<CheckboxProps.Ref>(null);
  const text = words.create.shown;

  const stay = () => {
    leave.stay();
    // The button that was pressed goes, and would take the focus out of the dialog with it.
    box.current?.focus();
  };

  return (
    <Modal
      visible
      size="large"
      header={text.title}
      closeAriaLabel={words.create.close}
      onDismiss={() => (saved ? onOk() : setHurried(true))}
      footer={
        <Box float="right">
          <Button variant="primary" disabled={!saved} disabledReason={text.savedFirst} onClick={onOk}>
            {text.ok}
          </Button>
        </Box>
      }
    >
      <SpaceBetween size="l">
        {leave.asked && (
          <div role="alert">
            <Alert
              type="error"
              header={text.leave}
              action={
                <SpaceBetween direction="horizontal" size="xs">
                  <Button onClick={stay}>{text.leaveNo}</Button>
                  <Button onClick={leave.go}>{text.leaveYes}</Button>
                </SpaceBetween>
              }
            >
              {text.leaveDetail}
            </Alert>
          </div>
        )}
        <Alert type="warning" header={text.once}>
          {text.onceDetail}
        </Alert>
        <KeyValuePairs
          items={[
            { label: text.name, value: <Copied value={made.name} label={text.copyName} /> },
            { label: text.key, value: <Copied value={made.id} label={text.copyKey} mono /> },
            { label: text.secret, value: <Copied value={secret} label={text.copySecret} mono /> },
          ]}
        />
        <Button
          iconName="download"
          onClick={() => download(envFile(made, secret), envFileName(made.name))}
        >
          {text.download}
        </Button>
        <ExpandableSection headerText={text.use} headingTagOverride="h3">
          <Suspense fallback={<Spinner />}>
            <Examples made={made} secret={secret} />
          </Suspense>
        </ExpandableSection>
        <FormField errorText={hurried && !saved && text.savedFirst}>
          <Checkbox ref={box} checked={saved} onChange={({ detail }) => setSaved(detail.checked)}>
            {text.saved}
          </Checkbox>
        </FormField>
      </SpaceBetween>
    </Modal>
  );
}

function Copied({ value, label, mono = false }: { value: string; label: string; mono?: boolean }) {
  return (
    <CopyToClipboard
      variant="inline"
      wrapText
      textToCopy={value}
      textToDisplay={<span className={mono ? 'credential beside-copy' : 'beside-copy'}>{value}</span>}
      copyButtonAriaLabel={label}
      copySuccessText={words.copy.copied}
      copyErrorText={words.copy.failed}
    />
  );
}
