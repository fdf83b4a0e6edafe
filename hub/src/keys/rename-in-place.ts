import type { TableProps } from '@cloudscape-design/components/table';
import { useCallback, useState } from 'react';
import { renameKey } from '../api/keys';
import { Problem, sentence } from '../api/problem';
import type { Key } from '../api/types';
import { useNotify } from '../shell/Notifications';
import { words } from '../words';
import { trimmed } from './name-rule';
import { nameFault } from './name-words';

interface Refused {
  id: string;
  name: string;
  detail: string;
}

/** Renaming in the table's own cell. A name that the server refuses stays in the field, with its words below. */
export function useRenameInPlace(replace: (key: Key) => void, reload: () => void) {
  const [refused, setRefused] = useState<Refused>();
  const notify = useNotify();

  const submitEdit: TableProps.SubmitEditFunction<Key> = async (key, _column, value) => {
    const name = String(value);
    if (nameFault(name)) throw new Error('not sent');
    if (trimmed(name) === key.name) return;
    try {
      const renamed = await renameKey(key.id, trimmed(name));
      replace(renamed);
      notify.succeeded(words.keys.edit.done(renamed.name));
    } catch (error) {
      notify.failed(error);
      if (error instanceof Problem) setRefused({ id: key.id, name, detail: sentence(error.detail) });
      // Somebody else has revoked it meanwhile: the row must say so.
      if (error instanceof Problem && (error.is('key-revoked') || error.is('key-not-found'))) {
        reload();
        return;
      }
      throw error;
    }
  };

  const fault = useCallback(
    (key: Key, name: string | undefined) => {
      if (name === undefined) return undefined;
      return nameFault(name) ?? (refused?.id === key.id && refused.name === name ? refused.detail : undefined);
    },
    [refused],
  );

  return { submitEdit, fault, onEditCancel: () => setRefused(undefined) };
}
