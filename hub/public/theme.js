// Sets light or dark before the first paint. `src/kept-theme.ts` takes over once the page runs.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem('hubkeys-theme');
  } catch (refused) {
    // Storage may be switched off; the system's choice is then the only one.
  }
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  var html = document.documentElement;
  html.style.colorScheme = dark ? 'dark' : 'light';
  html.classList.toggle('awsui-dark-mode', dark);

  // Cloudscape's colours hang on the body, which is not there yet when this runs in the head.
  function onBody() {
    if (!document.body) return false;
    document.body.classList.toggle('awsui-dark-mode', dark);
    return true;
  }
  if (onBody()) return;
  var observer = new MutationObserver(function () {
    if (onBody()) observer.disconnect();
  });
  observer.observe(html, { childList: true });
})();
