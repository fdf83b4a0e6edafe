// Which guide the address names. React Router would be a tenth of all that this page loads, for two kinds of address.

import { useSyncExternalStore } from 'react';

/** Where the page is. `moves` counts the links that were followed in it: 0 is the page as it was opened. */
interface Place {
  path: string;
  hash: string;
  moves: number;
}

const listeners = new Set<() => void>();
let place = here(0);

function here(moves: number): Place {
  return { path: location.pathname, hash: location.hash, moves };
}

function moved() {
  place = here(place.moves + 1);
  for (const listener of listeners) listener();
}

addEventListener('popstate', moved);

export function go(href: string) {
  history.pushState(null, '', href);
  moved();
}

export function usePlace(): Place {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => place,
  );
}
