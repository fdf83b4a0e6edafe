import { type ReactNode, useEffect, useRef } from 'react';

/** Scrolls to what it holds when that appears: at the end of a long dialog nobody would notice it. */
export function Seen({ children }: { children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // In braces: what it returns is no clean-up.
    box.current?.scrollIntoView({ block: 'center' });
  }, []);
  return <div ref={box}>{children}</div>;
}
