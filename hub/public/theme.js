// Sets light or dark before the first paint. `src/shell/theme.ts` takes over once the page runs.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem('hubkeys-theme');
  } catch (refused) {
    // Storage may be switched off; the system's choice is then the only one.
  }
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.classList.toggle('awsui-dark-mode', dark);
  document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
})();
