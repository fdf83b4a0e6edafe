import { useEffect } from 'react';
import { useBlocker } from 'react-router';

/** While this is mounted, leaving asks: the browser, where the page would be gone; this page, where a link or "back" was used. */
export function useLeaveAsks() {
  const blocker = useBlocker(true);
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, []);
  return {
    asked: blocker.state === 'blocked',
    stay: () => blocker.reset?.(),
    go: () => blocker.proceed?.(),
  };
}
