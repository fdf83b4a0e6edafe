import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar';
import { type ReactNode, createContext, use, useCallback, useMemo, useState, useSyncExternalStore } from 'react';
import { connection } from '../api/connection';
import { said } from '../api/problem';
import { words } from '../words';
import { useAccount } from '../account/account-context';
import { RequestId } from './ErrorAlert';

interface Notify {
  /** Replaces the success before: nobody needs a pile of them. */
  succeeded: (header: string, content?: ReactNode) => void;
  failed: (error: unknown) => void;
}

const NotifyContext = createContext<Notify | undefined>(undefined);
const ItemsContext = createContext<FlashbarProps.MessageDefinition[]>([]);

let count = 0;

export function NotificationsProvider({ children }: { children: ReactNode }) {
  const [items, setItems] = useState<FlashbarProps.MessageDefinition[]>([]);

  const add = useCallback((item: FlashbarProps.MessageDefinition) => {
    const id = `notification-${(count += 1)}`;
    const dismiss = () => setItems((now) => now.filter((other) => other.id !== id));
    setItems((now) => [
      { ...item, id, dismissible: true, dismissLabel: words.problem.dismiss, onDismiss: dismiss },
      ...now.filter((other) => other.type !== 'success').slice(0, 4),
    ]);
  }, []);

  const notify = useMemo<Notify>(
    () => ({
      succeeded: (header, content) => add({ type: 'success', header, content, ariaRole: 'status' }),
      failed: (error) => {
        const { title, detail, requestId } = said(error);
        add({
          type: 'error',
          header: title,
          ariaRole: 'alert',
          content: (
            <>
              {detail} <RequestId id={requestId} />
            </>
          ),
        });
      },
    }),
    [add],
  );

  return (
    <NotifyContext value={notify}>
      <ItemsContext value={items}>{children}</ItemsContext>
    </NotifyContext>
  );
}

export function useNotify(): Notify {
  const notify = use(NotifyContext);
  if (!notify) throw new Error('outside of NotificationsProvider');
  return notify;
}

export function Notifications() {
  const items = use(ItemsContext);
  const lost = useSyncExternalStore(connection.subscribe, connection.lost);
  const { reload } = useAccount();
  const banner: FlashbarProps.MessageDefinition = {
    id: 'connection',
    type: 'warning',
    ariaRole: 'alert',
    header: words.connection.lost,
    content: words.connection.detail,
    buttonText: words.connection.retry,
    onButtonClick: reload,
  };
  return <Flashbar items={lost ? [banner, ...items] : items} />;
}
