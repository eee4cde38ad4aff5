// Runs before the page is painted, so that a chosen theme does not flash up late.
// "theme" in the address (for frames) wins over what was chosen here before.
(() => {
  const asked = new URLSearchParams(location.search).get("theme");
  let chosen = null;
  try {
    chosen = localStorage.getItem("footfall-theme");
  } catch {
    // A frame may be denied storage; the system's theme is used.
  }
  const theme = asked ?? chosen;
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
})();
