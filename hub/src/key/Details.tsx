import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs, { type KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs';
import type { Key } from '../api/types';
import { KeyId } from '../keys/KeyId';
import { LastUsed, Status } from '../keys/columns';
import { Ago } from '../shell/Time';
import { words } from '../words';

export function Details({ of: key }: { of: Key }) {
  const text = words.keys.page;
  const items: KeyValuePairsProps.Item[] = [
    { label: words.keys.column.id, value: <KeyId of={key} /> },
    { label: words.keys.column.status, value: <Status of={key} /> },
    { label: text.scheme, value: words.keys.schemes[key.scheme].title },
    { label: words.keys.column.lastUsed, value: <LastUsed of={key} /> },
    { label: words.keys.column.created, value: <Ago at={key.created_at} /> },
    { label: words.keys.column.createdBy, value: key.created_by.user },
  ];
  if (key.disabled) {
    items.push({
      label: text.suspended,
      value: (
        <>
          <Ago at={key.disabled.at} />
          <div>{text.suspendedWhy}</div>
        </>
      ),
    });
  }
  if (key.revocation) {
    const { at, by, reason } = key.revocation;
    items.push(
      { label: text.revoked, value: <Ago at={at} /> },
      { label: text.revokedBy, value: by.user },
      { label: text.reason, value: reason ?? text.noReason },
    );
  }
  if (key.signing) {
    const { algorithms, dialects, replay_protection } = key.signing;
    items.push(
      { label: text.algorithms, value: <Lines of={algorithms.map((each) => words.keys.algorithm[each])} /> },
      { label: text.dialects, value: <Lines of={dialects.map((each) => words.keys.dialect[each])} /> },
      { label: text.replay, value: words.keys.replay[replay_protection] },
    );
  }
  return (
    <Container header={<Header variant="h2">{text.details}</Header>}>
      <KeyValuePairs columns={3} minColumnWidth={200} items={items} />
    </Container>
  );
}

function Lines({ of: lines }: { of: string[] }) {
  return lines.map((line) => <div key={line}>{line}</div>);
}
