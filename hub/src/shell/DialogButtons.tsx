import type { ReactNode } from 'react';

/** The buttons below a dialog: the one that goes on is last, and on a phone, where they do not fit beside each other, first. */
export function DialogButtons({ children }: { children: ReactNode }) {
  return <div className="dialog-buttons">{children}</div>;
}
