// Runs before the first paint, so that the chosen theme does not flash. A classic script, hence the closure.
(() => {
  const key = "crowfly-theme";
  const read = () => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const chosen = read();
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
