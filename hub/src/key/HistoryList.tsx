import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import Icon, { type IconProps } from '@cloudscape-design/components/icon';
import Steps, { type StepsProps } from '@cloudscape-design/components/steps';
import type { HistoryEvent } from '../api/types';
import { Ago } from '../shell/Time';
import { words } from '../words';

/** Who did what, and when; newest first, for that is what is looked for. */
export function HistoryList({ events }: { events: readonly HistoryEvent[] }) {
  return (
    <Container header={<Header variant="h2">{words.keys.page.history}</Header>}>
      <Steps ariaLabel={words.keys.page.history} steps={[...events].reverse().map(asStep)} renderStep={inPlainColours} />
    </Container>
  );
}

const LOOKS: Record<string, StepsProps.Status> = { created: 'success', disabled: 'pending', enabled: 'in-progress', revoked: 'stopped' };
const ICONS: Partial<Record<StepsProps.Status, IconProps.Name>> = {
  success: 'add-plus',
  info: 'edit',
  pending: 'status-pending',
  'in-progress': 'status-positive',
  stopped: 'status-stopped',
};

/** A rename is no news and a revocation no fault: without this, each step's text would have its status's colour. */
function inPlainColours({ status, header, details }: StepsProps.Step) {
  return { header, details, icon: <Icon name={ICONS[status] ?? 'status-info'} /> };
}

function asStep(event: HistoryEvent): StepsProps.Step {
  const text = words.keys.page;
  const name = 'name' in event && typeof event.name === 'string' ? event.name : undefined;
  const reason = 'reason' in event && typeof event.reason === 'string' ? event.reason : undefined;
  const what = text.event[event.type]?.(name) ?? event.type;
  return {
    status: LOOKS[event.type] ?? 'info',
    header: (
      <>
        {what} {text.by(event.by.user)}, <Ago at={event.at} />
      </>
    ),
    details: (
      <Box variant="small">
        {reason && <div>{text.eventReason(reason)}</div>}
        {text.request}{' '}
        <CopyToClipboard
          variant="inline"
          wrapText
          textToCopy={event.request_id}
          textToDisplay={<span className="credential">{event.request_id}</span>}
          copyButtonAriaLabel={text.copyRequest}
          copySuccessText={words.copy.copied}
          copyErrorText={words.copy.failed}
        />
      </Box>
    ),
  };
}
