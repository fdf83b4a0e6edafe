import { useSyncExternalStore } from 'react';

/** As wide as Cloudscape's own step from phone to tablet. */
const phone = matchMedia('(max-width: 688px)');

/** Whether this is a phone, or a window as narrow as one. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      phone.addEventListener('change', listener);
      return () => phone.removeEventListener('change', listener);
    },
    () => phone.matches,
  );
}
