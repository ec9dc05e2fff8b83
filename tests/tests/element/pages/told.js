// What the elements of a page told, oldest first.
window.told = [];
for (const name of ["upload", "refused", "stored", "failed", "aborted", "warning"]) {
  document.addEventListener(`crowfly-${name}`, ({ detail }) => window.told.push([name, detail]));
}
for (const name of ["change", "input"]) document.addEventListener(name, () => window.told.push([name]));
