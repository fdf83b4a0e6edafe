import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import CollectionPreferences from '@cloudscape-design/components/collection-preferences';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import type { Refusal } from '../account/account-context';
import type { Key, Scheme } from '../api/types';
import { useNarrow } from '../shell/narrow';
import { words } from '../words';
import { FindKeys } from './FindKeys';
import { columnsFor } from './columns';
import type { KeyPages } from './key-pages';
import { useRenameInPlace } from './rename-in-place';

const PAGE_SIZES = [10, 25, 50, 100];

interface KeysTableProps {
  scheme: Scheme;
  pages: KeyPages;
  refusal: Refusal | undefined;
  /** Whether it is known yet if the person may see keys. */
  known: boolean;
  selected: readonly Key[];
  onSelect: (keys: readonly Key[]) => void;
  onRevoke: (key: Key) => void;
  onRename: (key: Key) => void;
  header: ReactNode;
}

export function KeysTable({ scheme, pages, refusal, known, selected, onSelect, onRevoke, onRename, header }: KeysTableProps) {
  const narrow = useNarrow();
  const { short } = words.keys.schemes[scheme];
  const { submitEdit, fault, onEditCancel } = useRenameInPlace(pages.replace, pages.reload);
  const columns = columnsFor({ narrow, fault, onRevoke, onRename });
  const { query } = pages;
  const descending = query.sort.startsWith('-');
  const sortingColumn = columns.find(({ sortingField }) => sortingField === query.sort.replace('-', ''));

  const preferences = (
    <CollectionPreferences
      title={words.keys.preferences.title}
      confirmLabel={words.keys.preferences.confirm}
      cancelLabel={words.keys.preferences.cancel}
      preferences={{ pageSize: query.size }}
      onConfirm={({ detail }) => pages.change({ size: detail.pageSize ?? query.size })}
      pageSizePreference={{
        title: words.keys.preferences.pageSize,
        options: PAGE_SIZES.map((value) => ({ value, label: words.keys.preferences.size(value) })),
      }}
    />
  );

  return (
    <Table<Key>
      variant="container"
      header={header}
      columnDefinitions={columns}
      items={pages.keys ?? []}
      trackBy="id"
      wrapLines
      loading={!refusal && (!known || (pages.keys === undefined && !pages.error))}
      loadingText={words.keys.loading}
      sortingColumn={sortingColumn ?? {}}
      sortingDescending={descending}
      onSortingChange={({ detail }) => {
        if (!detail.sortingColumn.sortingField) return;
        pages.change({ sort: `${detail.isDescending ? '-' : ''}${detail.sortingColumn.sortingField}` as typeof query.sort });
      }}
      {...(!refusal && { selectionType: 'multi' as const })}
      selectedItems={selected}
      onSelectionChange={({ detail }) => onSelect(detail.selectedItems)}
      isItemDisabled={({ status }) => status === 'revoked'}
      submitEdit={submitEdit}
      onEditCancel={onEditCancel}
      ariaLabels={{
        tableLabel: words.keys.schemes[scheme].title,
        selectionGroupLabel: words.keys.select.group(short),
        allItemsSelectionLabel: () => words.keys.select.all,
        itemSelectionLabel: (_, { name }) => words.keys.select.one(name),
        activateEditLabel: (_, { name }) => words.keys.edit.activate(name),
        submitEditLabel: () => words.keys.edit.save,
        cancelEditLabel: () => words.keys.edit.cancel,
        submittingEditText: () => words.keys.edit.saving,
        successfulEditLabel: () => words.keys.edit.saved,
      }}
      renderAriaLive={() => (pages.pending || !pages.keys ? '' : words.keys.loaded(pages.keys.length, short))}
      filter={!refusal && <FindKeys scheme={short} pages={pages} beside={narrow && preferences} />}
      pagination={
        pages.pagesKnown > 1 && (
          <Pagination
            currentPageIndex={pages.page + 1}
            pagesCount={pages.pagesKnown}
            openEnd={pages.openEnd}
            onChange={({ detail }) => pages.turn(detail.currentPageIndex - 1)}
            ariaLabels={{
              paginationLabel: words.keys.paging.label(short),
              nextPageLabel: words.keys.paging.next,
              previousPageLabel: words.keys.paging.previous,
              pageLabel: words.keys.paging.page,
            }}
          />
        )
      }
      // On a phone it would have a line of its own: there it is beside what else chooses the keys.
      preferences={!refusal && !narrow && preferences}
      empty={<Empty pages={pages} refusal={refusal} />}
    />
  );
}

function Empty({ pages, refusal }: Pick<KeysTableProps, 'pages' | 'refusal'>) {
  const { query, change, error } = pages;
  const [title, detail] = refusal
    ? // Why is said once, above both tables.
      [words.keys.notAllowed, refusal.requested ? words.account.requestSent : undefined]
    : error
      ? [words.keys.failed, undefined]
      : query.q
        ? [words.keys.noMatch.title, words.keys.noMatch.detail(query.q)]
        : query.revoked
          ? [words.keys.empty.title, words.keys.empty.detail]
          : [words.keys.emptyActive.title, words.keys.emptyActive.detail];
  return (
    <Box textAlign="center" color="inherit" padding={{ vertical: 's' }}>
      <SpaceBetween size="xs">
        <Box variant="strong" color="inherit">
          {title}
        </Box>
        {detail && <Box color="text-body-secondary">{detail}</Box>}
        {query.q && !refusal && <Button onClick={() => change({ q: '' })}>{words.keys.clearFind}</Button>}
      </SpaceBetween>
    </Box>
  );
}
