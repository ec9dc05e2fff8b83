// Files that are dropped beside the uploader reach it all the same; without this the browser would leave the page for them.

import { byId } from "./dom.js";

/** Passes drops anywhere on the page on to `zone()`, the uploader's own drop zone; undefined while there is none. */
export function dropsAnywhere(zone) {
  const veil = byId("veil");
  let depth = 0;
  const show = () => veil.classList.toggle("shown", depth > 0);
  const carriesFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files");
  const on = (type, listener) =>
    document.addEventListener(type, (event) => {
      if (carriesFiles(event)) listener(event, zone());
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
    const own = event.composedPath().includes(target);
    if (own || !event.isTrusted) return;
    event.preventDefault();
    target?.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: event.dataTransfer }));
  });
}
