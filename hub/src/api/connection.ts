// Whether the API can be reached, from what the browser says and from what requests meet. The browser alone is not enough:
// it calls a machine online that is on a network without a way out.

type Listener = () => void;

const listeners = new Set<Listener>();
let failing = false;

function set(now: boolean) {
  if (failing === now) return;
  failing = now;
  for (const listener of listeners) listener();
}

// What the browser calls online is worth a try at once: the next request says whether it is.
addEventListener('online', () => set(false));

export const connection = {
  reached: () => set(false),
  failed: () => set(true),

  lost: () => failing || !navigator.onLine,

  subscribe(listener: Listener) {
    listeners.add(listener);
    addEventListener('online', listener);
    addEventListener('offline', listener);
    return () => {
      listeners.delete(listener);
      removeEventListener('online', listener);
      removeEventListener('offline', listener);
    };
  },
};
