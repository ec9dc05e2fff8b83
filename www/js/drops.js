// Files that are dropped beside the uploader reach it all the same; without this the browser would leave the page for them.

import { byId } from "./dom.js";

/** Passes drops anywhere on the page on to `uploader()`; undefined while there is none. */
export function dropsAnywhere(uploader) {
  const veil = byId("veil");
  let depth = 0;
  const show = () => veil.classList.toggle("shown", depth > 0);
  const carriesFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files");
  const on = (type, listener) =>
    document.addEventListener(type, (event) => {
      if (carriesFiles(event)) listener(event, uploader());
    });

  on("dragenter", (_, target) => {
    if (target) depth += 1;
    show();
  });
  on("dragleave", () => {
    depth = Math.max(0, depth - 1);
    show();
  });
  on("dragover", (event, target) => {
    event.preventDefault();
    event.dataTransfer.dropEffect = target ? "copy" : "none";
  });
  on("drop", (event, target) => {
    depth = 0;
    show();
    if (event.composedPath().includes(target)) return;
    event.preventDefault();
    const passed = new Event("drop", { bubbles: true, cancelable: true });
    Object.defineProperty(passed, "dataTransfer", { value: event.dataTransfer });
    target?.dispatchEvent(passed);
  });
}
