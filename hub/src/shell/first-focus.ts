import { type RefObject, useEffect, useRef } from 'react';

interface Focusable {
  focus(): void;
}

/** Puts the cursor into a field of a modal that opens. The modal itself would choose its close button, and chooses first. */
export function useFirstFocus<T extends Focusable>(): RefObject<T | null> {
  const field = useRef<T>(null);
  useEffect(() => {
    const frame = requestAnimationFrame(() => field.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, []);
  return field;
}
