/** The element that the address points at. Anybody can make a link, and not every one can be decoded. */
export function anchorOf(hash: string): HTMLElement | null {
  try {
    return hash ? document.getElementById(decodeURIComponent(hash.slice(1))) : null;
  } catch {
    return null;
  }
}
