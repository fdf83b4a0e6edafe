import Box from '@cloudscape-design/components/box';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import type { Key } from '../../api/types';
import { useNarrow } from '../../shell/narrow';
import { words } from '../../words';
import { LastUsed } from '../columns';
import type { Results } from './revoking';

interface AffectedKeysProps {
  keys: readonly Key[];
  inUse: readonly Key[];
  results: Results;
}

export function AffectedKeys({ keys, inUse, results }: AffectedKeysProps) {
  const narrow = useNarrow();
  const only = keys.length === 1 ? keys[0] : undefined;
  if (only) {
    return (
      <KeyValuePairs
        columns={2}
        minColumnWidth={200}
        items={[
          { label: words.keys.column.name, value: only.name },
          { label: words.keys.column.id, value: <span className="one-line credential">{only.id}</span> },
          { label: words.keys.column.lastUsed, value: <LastUsed of={only} /> },
          { label: words.keys.column.createdBy, value: only.created_by.user },
        ]}
      />
    );
  }
  // Once they are being revoked, what became of each is what matters.
  const ran = results.size > 0;
  const shown = [...keys].sort((one, other) => Number(inUse.includes(other)) - Number(inUse.includes(one)));
  const name = {
    id: 'name',
    header: words.keys.column.name,
    isRowHeader: true,
    cell: (key: Key) => (
      <SpaceBetween size="xxxs">
        <Box variant="span">{key.name}</Box>
        <span className="credential">
          <Box variant="small">{key.id}</Box>
        </span>
        {narrow &&
          (ran ? (
            <Outcome of={key} results={results} />
          ) : (
            <Box variant="small">
              {words.keys.column.lastUsed}: <LastUsed of={key} />
            </Box>
          ))}
      </SpaceBetween>
    ),
  };
  const lastUsed = { id: 'last-used', header: words.keys.column.lastUsed, cell: (key: Key) => <LastUsed of={key} /> };
  const createdBy = { id: 'created-by', header: words.keys.column.createdBy, cell: (key: Key) => key.created_by.user };
  const result = { id: 'result', header: words.revoke.results, minWidth: 320, cell: (key: Key) => <Outcome of={key} results={results} /> };
  return (
    <Table<Key>
      variant="embedded"
      ariaLabels={{ tableLabel: words.revoke.listLabel }}
      items={shown}
      trackBy="id"
      wrapLines
      columnDefinitions={narrow ? [name] : ran ? [name, result] : [name, lastUsed, createdBy]}
    />
  );
}

function Outcome({ of: { id }, results }: { of: Key; results: Results }) {
  const result = results.get(id);
  if (!result) return <StatusIndicator type="pending">{words.revoke.result.waiting}</StatusIndicator>;
  if (result.revoked) return <StatusIndicator type="success">{words.revoke.result.revoked}</StatusIndicator>;
  return <StatusIndicator type="error">{result.detail ?? words.revoke.result.failed}</StatusIndicator>;
}
