import { useCallback, useEffect, useState } from 'react';
import { listKeys } from '../api/keys';
import { Problem } from '../api/problem';
import type { Key, KeyPage, ListQuery, Scheme, Sort } from '../api/types';
import { useRefresh } from '../shell/refresh';
import { type Cursors, FIRST, cursorOf, learn, openEnd, turnTo } from './cursors';

export interface Query {
  q: string;
  sort: Sort;
  revoked: boolean;
  size: number;
}

const EVERY_KEY: Query = { q: '', sort: '-created_at', revoked: false, size: 10 };

interface View {
  query: Query;
  cursors: Cursors;
}

export interface KeyPages {
  /** The rows of one page, and no more than that; those of the page before while the next is on its way. */
  keys: readonly Key[] | undefined;
  query: Query;
  change: (to: Partial<Query>) => void;
  page: number;
  pagesKnown: number;
  openEnd: boolean;
  turn: (page: number) => void;
  pending: boolean;
  error: unknown;
  reload: () => void;
  /** Takes a newer state of a key that some other answer had. */
  replace: (key: Key) => void;
}

/** The keys of one scheme, page by page from the server. */
export function useKeyPages(scheme: Scheme, enabled: boolean): KeyPages {
  const [view, setView] = useState<View>({ query: EVERY_KEY, cursors: FIRST });
  const [shown, setShown] = useState<KeyPage>();
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<unknown>();
  const [asked, setAsked] = useState(0);
  const { query, cursors } = view;
  const cursor = cursorOf(cursors);

  const reload = useCallback(() => setAsked((times) => times + 1), []);
  useRefresh(reload);

  useEffect(() => {
    if (!enabled) return;
    const abort = new AbortController();
    const take = (page: KeyPage) => {
      // What an older request still brings is dropped: it was aborted when this one began.
      if (abort.signal.aborted) return;
      if (page.keys.length === 0 && cursor !== undefined) {
        // Whatever was on this page has been revoked.
        setView((now) => ({ ...now, cursors: turnTo(now.cursors, now.cursors.page - 1) }));
        return;
      }
      setShown(page);
      setError(undefined);
      setPending(false);
      setView((now) => ({ ...now, cursors: learn(now.cursors, page.next_cursor) }));
    };
    const fail = (failure: unknown) => {
      if (abort.signal.aborted) return;
      setPending(false);
      if (failure instanceof Problem && failure.is('invalid-cursor') && cursor !== undefined) {
        setView((now) => ({ ...now, cursors: FIRST }));
      } else {
        setError(failure);
      }
    };
    setPending(true);
    listKeys(asParameters(scheme, query, cursor), abort.signal).then(take, fail);
    return () => abort.abort();
  }, [scheme, enabled, query, cursor, asked]);

  const change = useCallback((to: Partial<Query>) => {
    setView(({ query: before }) => ({ query: { ...before, ...to }, cursors: FIRST }));
  }, []);
  const turn = useCallback((page: number) => {
    setView((now) => ({ ...now, cursors: turnTo(now.cursors, page) }));
  }, []);
  const replace = useCallback((key: Key) => {
    setShown((now) => now && { ...now, keys: now.keys.map((other) => (other.id === key.id ? key : other)) });
  }, []);

  return {
    keys: enabled ? shown?.keys : [],
    query,
    change,
    page: cursors.page,
    pagesKnown: cursors.known.length,
    openEnd: openEnd(cursors, shown?.next_cursor),
    turn,
    pending,
    error,
    reload,
    replace,
  };
}

function asParameters(scheme: Scheme, { q, sort, revoked, size }: Query, cursor: string | undefined): ListQuery {
  return { scheme, sort, limit: size, ...(!revoked && { status: 'live' }), ...(q && { q }), ...(cursor && { cursor }) };
}
