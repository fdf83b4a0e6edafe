import Box from '@cloudscape-design/components/box';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Input from '@cloudscape-design/components/input';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { TableProps } from '@cloudscape-design/components/table';
import type { Key } from '../api/types';
import { keyPath } from '../shell/paths';
import { useFollow } from '../shell/RouterLink';
import { Ago } from '../shell/Time';
import { words } from '../words';
import { KeyId } from './KeyId';

interface ColumnsOptions {
  narrow: boolean;
  /** What is wrong with a new name of a key, typed or refused. */
  fault: (key: Key, name: string | undefined) => string | undefined;
  onRevoke: (key: Key) => void;
  onRename: (key: Key) => void;
}

type Column = TableProps.ColumnDefinition<Key>;

export function columnsFor({ narrow, fault, onRevoke, onRename }: ColumnsOptions): Column[] {
  const name: Column = {
    id: 'name',
    header: words.keys.column.name,
    isRowHeader: true,
    sortingField: 'name',
    // On a phone, all that the menu leaves.
    ...(narrow ? { width: '100%' } : { minWidth: 205 }),
    cell: (key) => (narrow ? <NameOnPhone of={key} /> : key.name),
    // A phone has no room to edit between the other columns: there, the menu opens a dialog.
    ...(!narrow && {
      editConfig: {
        ariaLabel: words.keys.edit.name,
        editIconAriaLabel: words.keys.rename,
        validation: fault,
        disabledReason: ({ status }) => (status === 'revoked' ? words.keys.edit.revoked : undefined),
        editingCell: (key, { currentValue, setValue }) => (
          <Input
            autoFocus
            value={currentValue ?? key.name}
            ariaLabel={words.keys.edit.name}
            autoComplete={false}
            onChange={({ detail }) => setValue(detail.value)}
          />
        ),
      },
    }),
  };
  const id: Column = {
    id: 'id',
    header: words.keys.column.id,
    // One line for all of it: an id that is cut or wrapped can't be compared.
    width: 262,
    minWidth: 262,
    cell: (key) => <KeyId of={key} link />,
  };
  const created: Column = {
    id: 'created',
    header: words.keys.column.created,
    sortingField: 'created_at',
    minWidth: 135,
    cell: (key) => (
      <>
        <Ago at={key.created_at} />
        <Box variant="small" display="block">
          {words.keys.page.by(key.created_by.user)}
        </Box>
      </>
    ),
  };
  const lastUsed: Column = {
    id: 'last-used',
    header: words.keys.column.lastUsed,
    sortingField: 'last_used_at',
    minWidth: 132,
    cell: (key) => <LastUsed of={key} />,
  };
  const status: Column = {
    id: 'status',
    header: words.keys.column.status,
    minWidth: 118,
    cell: (key) => <Status of={key} />,
  };
  const actions: Column = {
    id: 'actions',
    header: words.keys.column.actions,
    width: 84,
    minWidth: 70,
    cell: (key) => <RowActions of={key} onRevoke={onRevoke} onRename={onRename} />,
  };
  // A phone shows what tells keys apart; the rest is one tap away, on the key's page.
  return narrow ? [name, actions] : [name, id, created, lastUsed, status, actions];
}

function NameOnPhone({ of: key }: { of: Key }) {
  return (
    <>
      {key.name}
      <Box variant="small" display="block">
        {key.status === 'active' ? words.keys.column.lastUsed : words.keys.status[key.status]}
        {key.status === 'active' && (
          <>
            : <LastUsed of={key} />
          </>
        )}
      </Box>
    </>
  );
}

export function LastUsed({ of }: { of: Key }) {
  if (of.last_used_at) return <Ago at={of.last_used_at} />;
  return (
    <Box color="text-body-secondary" display="inline">
      <span title={words.time.never}>–</span>
    </Box>
  );
}

const LOOKS: Record<Key['status'], StatusIndicatorProps.Type> = { active: 'success', disabled: 'warning', revoked: 'stopped' };

export function Status({ of: { status } }: { of: Key }) {
  return <StatusIndicator wrapText={false} type={LOOKS[status]}>{words.keys.status[status]}</StatusIndicator>;
}

function RowActions({ of: key, onRevoke, onRename }: { of: Key } & Pick<ColumnsOptions, 'onRevoke' | 'onRename'>) {
  const follow = useFollow();
  const revoked = key.status === 'revoked';
  return (
    <ButtonDropdown
      variant="icon"
      expandToViewport
      ariaLabel={words.keys.actionsFor(key.name)}
      items={[
        { id: 'open', text: words.keys.open, href: keyPath(key.id) },
        { id: 'rename', text: words.keys.rename, disabled: revoked, ...(revoked && { disabledReason: words.keys.edit.revoked }) },
        { id: 'revoke', text: words.keys.revoke, disabled: revoked },
      ]}
      onItemFollow={follow}
      onItemClick={({ detail }) => {
        if (detail.id === 'revoke') onRevoke(key);
        if (detail.id === 'rename') onRename(key);
      }}
    />
  );
}
