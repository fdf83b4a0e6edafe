import { type ReactNode, createContext, use, useCallback, useEffect, useMemo, useState } from 'react';
import { getAccount } from '../api/account';
import { connection } from '../api/connection';
import { sentence } from '../api/problem';
import type { Account } from '../api/types';
import { useRefresh } from '../shell/refresh';
import { words } from '../words';

interface AccountState {
  account: Account | undefined;
  error: unknown;
  reload: () => void;
  /** Takes an account that some other answer had. */
  set: (account: Account) => void;
}

const AccountContext = createContext<AccountState | undefined>(undefined);

/** While something is awaited that happens elsewhere: a verification, or the connection. */
const WATCH_MS = 15_000;

export function AccountProvider({ children }: { children: ReactNode }) {
  const [account, setAccount] = useState<Account>();
  const [error, setError] = useState<unknown>();
  const [asked, setAsked] = useState(0);
  const reload = useCallback(() => setAsked((times) => times + 1), []);
  const set = useCallback((now: Account) => {
    setAccount(now);
    setError(undefined);
  }, []);

  useEffect(() => {
    const abort = new AbortController();
    getAccount(abort.signal).then(set, (failure: unknown) => {
      if (!abort.signal.aborted) setError(failure);
    });
    return () => abort.abort();
  }, [asked, set]);

  useRefresh(reload);

  const awaited = account?.standing === 'verification_requested';
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && (awaited || connection.lost())) reload();
    }, WATCH_MS);
    return () => clearInterval(timer);
  }, [awaited, reload]);

  const state = useMemo(() => ({ account, error, reload, set }), [account, error, reload, set]);
  return <AccountContext value={state}>{children}</AccountContext>;
}

export function useAccount(): AccountState {
  const state = use(AccountContext);
  if (!state) throw new Error('outside of AccountProvider');
  return state;
}

/** Why the caller may not manage keys, in the API's own words. `undefined`: they may. */
export function refusalOf({ caller, standing }: Account) {
  const refusal = caller.manage_keys;
  if (!refusal) return undefined;
  const requested = standing === 'verification_requested' && refusal.type.endsWith(':account-not-verified');
  // The API would tell the reader to do what is done already.
  return { ...refusal, requested, detail: requested ? words.account.awaited : sentence(refusal.detail) };
}

export type Refusal = NonNullable<ReturnType<typeof refusalOf>>;
