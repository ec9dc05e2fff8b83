// The theme button cycles through automatic, light and dark.

import { byId } from "./dom.js";

const ORDER = ["automatic", "light", "dark"];

/** Wires the button; the choice is stored in this browser if possible. */
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
      // Without storage the choice lasts until a reload.
    }
    show();
  });
  show();
}
