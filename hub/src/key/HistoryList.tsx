import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import Steps, { type StepsProps } from '@cloudscape-design/components/steps';
import type { HistoryEvent } from '../api/types';
import { Ago } from '../shell/Time';
import { words } from '../words';

/** Who did what, and when; newest first, for that is what is looked for. */
export function HistoryList({ events }: { events: readonly HistoryEvent[] }) {
  return (
    <Container header={<Header variant="h2">{words.keys.page.history}</Header>}>
      <Steps ariaLabel={words.keys.page.history} steps={[...events].reverse().map(asStep)} />
    </Container>
  );
}

function asStep(event: HistoryEvent): StepsProps.Step {
  const text = words.keys.page;
  const name = 'name' in event && typeof event.name === 'string' ? event.name : undefined;
  const reason = 'reason' in event && typeof event.reason === 'string' ? event.reason : undefined;
  const what = text.event[event.type]?.(name) ?? event.type;
  return {
    status: event.type === 'revoked' ? 'stopped' : event.type === 'created' ? 'success' : 'info',
    statusIconAriaLabel: event.type,
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
