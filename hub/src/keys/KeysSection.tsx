import Button, { type ButtonProps } from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { Suspense, lazy, useEffect, useRef, useState } from 'react';
import type { Key, Scheme } from '../api/types';
import { refusalOf, useAccount } from '../account/account-context';
import { ErrorAlert } from '../shell/ErrorAlert';
import { words } from '../words';
import { KeysTable } from './KeysTable';
import { SectionHeader } from './SectionHeader';
import { useKeyPages } from './key-pages';

const createKey = () => import('./create/CreateKey');
const revokeKeys = () => import('./revoke/RevokeKeys');
const renameKey = () => import('./RenameKey');
const CreateKey = lazy(createKey);
const RevokeKeys = lazy(revokeKeys);
const RenameKey = lazy(renameKey);

type Dialog = { kind: 'create' } | { kind: 'revoke'; keys: readonly Key[] } | { kind: 'rename'; key: Key };

export function KeysSection({ scheme }: { scheme: Scheme }) {
  const { account, reload: reloadAccount } = useAccount();
  const refusal = account && refusalOf(account);
  const allowed = account !== undefined && refusal === undefined;
  const pages = useKeyPages(scheme, allowed);
  const [selected, setSelected] = useState<readonly Key[]>([]);
  const [dialog, setDialog] = useState<Dialog>();
  const { title, detail } = words.keys.schemes[scheme];

  // What is selected is what is seen.
  useEffect(() => setSelected([]), [pages.query, pages.page]);

  // The dialogs come while nobody waits for them, so that they open at once, also without a connection.
  useEffect(() => {
    if (!allowed) return;
    const timer = setTimeout(() => void Promise.allSettled([createKey(), revokeKeys(), renameKey()]), 1_000);
    return () => clearTimeout(timer);
  }, [allowed]);

  const create = useRef<ButtonProps.Ref>(null);
  const orphaned = useRef(false);
  // A revoked key's row goes, and the button that opened the dialog with it: the focus must not fall out of the section.
  useEffect(() => {
    if (!orphaned.current || pages.pending) return;
    orphaned.current = false;
    if (document.activeElement === document.body) create.current?.focus();
  }, [pages.keys, pages.pending]);

  const closed = (changed: boolean) => {
    setDialog(undefined);
    if (!changed) return;
    orphaned.current = true;
    setSelected([]);
    pages.reload();
    reloadAccount();
  };

  const chosen = selected.filter((key) => pages.keys?.some(({ id, status }) => id === key.id && status !== 'revoked'));
  const blocked = refusal?.detail;

  return (
    <SpaceBetween size="s">
      {pages.error ? <ErrorAlert error={pages.error} onRetry={pages.reload} /> : null}
      <KeysTable
        scheme={scheme}
        pages={pages}
        refusal={refusal}
        known={account !== undefined}
        selected={chosen}
        onSelect={setSelected}
        onRevoke={(key) => setDialog({ kind: 'revoke', keys: [key] })}
        onRename={(key) => setDialog({ kind: 'rename', key })}
        header={
          <SectionHeader
            title={title}
            description={detail}
            counter={chosen.length > 0 ? words.keys.selected(chosen.length, pages.keys?.length ?? 0) : undefined}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button
                  ariaLabel={words.keys.revokeIn(title)}
                  disabled={!allowed || chosen.length === 0}
                  disabledReason={blocked ?? words.keys.revokeNothing}
                  onClick={() => setDialog({ kind: 'revoke', keys: chosen })}
                >
                  {words.keys.revoke}
                </Button>
                <Button
                  ref={create}
                  ariaLabel={words.keys.createIn(title)}
                  variant="primary"
                  disabled={!allowed}
                  {...(blocked && { disabledReason: blocked })}
                  onClick={() => setDialog({ kind: 'create' })}
                >
                  {words.keys.create}
                </Button>
              </SpaceBetween>
            }
          />
        }
      />
      <Suspense fallback={null}>
        {dialog?.kind === 'create' && <CreateKey scheme={scheme} onClose={closed} />}
        {dialog?.kind === 'revoke' && <RevokeKeys keys={dialog.keys} onClose={closed} />}
        {dialog?.kind === 'rename' && (
          <RenameKey
            target={dialog.key}
            onClose={(renamed) => {
              setDialog(undefined);
              if (renamed) pages.replace(renamed);
            }}
          />
        )}
      </Suspense>
    </SpaceBetween>
  );
}
