// The theme button: automatic, light, dark, and round again.

import { byId } from "./dom.js";

const ORDER = ["automatic", "light", "dark"];

/** Wires the button; the choice is kept in this browser if it allows that. */
export function themeButton() {
  const button = byId("theme");
  const root = document.documentElement;
  const current = () => root.dataset.theme ?? "automatic";

  function show() {
    const label = `Colour theme: ${current()}`;
    button.setAttribute("aria-label", label);
    button.title = label;
  }

  button.addEventListener("click", () => {
    const next = ORDER[(ORDER.indexOf(current()) + 1) % ORDER.length];
    if (next === "automatic") delete root.dataset.theme;
    else root.dataset.theme = next;
    try {
      localStorage.setItem("crowfly-theme", next);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
    show();
  });
  show();
}
