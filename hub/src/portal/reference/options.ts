// How Redoc looks: like the guides, light and dark, with contrasts that everybody can read.

const FONT = "'Open Sans', 'Helvetica Neue', Roboto, Arial, sans-serif";
const MONO = "Monaco, Menlo, Consolas, 'Courier Prime', Courier, 'Courier New', monospace";

const LIGHT = {
  page: '#ffffff',
  raised: '#f6f6f9',
  line: '#c6c6cd',
  text: '#0f141a',
  quiet: '#55555d',
  link: '#0056b3',
  linkOver: '#002b66',
  good: '#007a2e',
  bad: '#c7000b',
  warn: '#855900',
  verb: { get: '#00692a', post: '#0059b8', put: '#7a4f00', patch: '#7a4f00', delete: '#b3000a', other: '#424650' },
};

const DARK: typeof LIGHT = {
  page: '#161d26',
  raised: '#1b232d',
  line: '#424650',
  text: '#ebebf0',
  quiet: '#b4b4bb',
  link: '#66c2ff',
  linkOver: '#b8e7ff',
  good: '#5fd98a',
  bad: '#ff8a80',
  warn: '#fbd332',
  verb: { get: '#00692a', post: '#0059b8', put: '#7a4f00', patch: '#7a4f00', delete: '#b3000a', other: '#424650' },
};

export function options(dark: boolean) {
  const of = dark ? DARK : LIGHT;
  const answer = (colour: string) => ({ color: colour, backgroundColor: of.raised, tabTextColor: dark ? colour : '#8cd4a6' });
  return {
    // Its search runs in a worker made from a text, which our policy for scripts refuses; a browser searches a page too.
    disableSearch: true,
    hideDownloadButtons: true,
    hideLoading: true,
    nativeScrollbars: true,
    requiredPropsFirst: true,
    scrollYOffset: () => document.getElementById('top')?.offsetHeight ?? 0,
    theme: {
      spacing: { sectionVertical: 24 },
      colors: {
        primary: { main: of.link },
        success: { main: of.good },
        warning: { main: of.warn, contrastText: of.page },
        error: { main: of.bad, contrastText: of.page },
        gray: { 50: of.raised, 100: of.line },
        border: { light: of.line, dark: of.line },
        text: { primary: of.text, secondary: of.quiet },
        responses: {
          success: { ...answer(of.good), tabTextColor: '#7ee2a8' },
          error: { ...answer(of.bad), tabTextColor: '#ffa39b' },
          redirect: { ...answer(of.warn), tabTextColor: '#fbd332' },
          info: { ...answer(of.link), tabTextColor: '#9ddcff' },
        },
        http: {
          get: of.verb.get,
          post: of.verb.post,
          put: of.verb.put,
          patch: of.verb.patch,
          delete: of.verb.delete,
          options: of.verb.other,
          basic: of.verb.other,
          link: of.verb.other,
          head: of.verb.other,
        },
      },
      schema: {
        linesColor: of.line,
        typeNameColor: of.quiet,
        typeTitleColor: of.quiet,
        requireLabelColor: of.bad,
        nestedBackground: of.raised,
        arrow: { color: of.quiet },
      },
      typography: {
        fontSize: '14px',
        lineHeight: '1.6',
        fontFamily: FONT,
        headings: { fontFamily: FONT, fontWeight: '700' },
        code: { fontFamily: MONO, fontSize: '13px', color: of.text, backgroundColor: of.raised, wrap: true },
        links: { color: of.link, visited: of.link, hover: of.linkOver, textDecoration: 'underline' },
      },
      sidebar: {
        backgroundColor: of.page,
        textColor: of.text,
        activeTextColor: of.link,
        groupItems: { activeBackgroundColor: of.raised, activeTextColor: of.link },
        level1Items: { activeBackgroundColor: of.raised, activeTextColor: of.link },
        arrow: { color: of.quiet },
      },
      rightPanel: {
        backgroundColor: dark ? '#0f141a' : '#232b37',
        textColor: '#ffffff',
        servers: {
          overlay: { backgroundColor: of.raised, textColor: of.text },
          url: { backgroundColor: of.page },
        },
      },
      codeBlock: { backgroundColor: dark ? '#1b232d' : '#0f141a' },
      fab: { backgroundColor: of.raised, color: of.link },
    },
  };
}
