declare module 'virtual:redoc' {
  const address: string;
  export default address;
}

/** What Redoc's bundle leaves behind. */
interface Window {
  Redoc?: { init(spec: object, options: object, element: HTMLElement, done?: (error?: Error) => void): void };
  /** Read by its styled-components. `false`: rules by the style sheet's own functions, and no style in the page's text. */
  SC_DISABLE_SPEEDY?: boolean;
}
