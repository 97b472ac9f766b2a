// Before anything is painted: the colours that were chosen here last.
try {
  const theme = JSON.parse(localStorage.getItem("openhorse.settings") || "{}").theme;
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // A browser that keeps nothing follows the system.
}
