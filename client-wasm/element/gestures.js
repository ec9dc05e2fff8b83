// How files come in besides the buttons: dropped, pasted, picked.
import { sourcesOf } from "../npm/sources.js";

/** @import { Core } from "./core.js" */
/** @import { CrowflyUpload } from "./element.js" */

/** Where pasting is for the text. */
const TEXT_FIELDS = "input,textarea,select,[contenteditable]";

/** Whether an event brings files that nobody else has taken. The browser then leaves it alone: by default it would leave
 * the page and open the file.
 * @param {Event} event
 * @param {DataTransfer | null} data
 * @returns {data is DataTransfer} */
function mine(event, data) {
  if (event.defaultPrevented || !data?.types.includes("Files")) return false;
  event.preventDefault();
  return true;
}

/** Listens to what is dropped on an element and pasted into it, for ever: both end together.
 * @param {Core} core
 * @param {(dragging: boolean) => void} dragging called when files come over it, and when they leave it */
export function listen(core, dragging) {
  const { host } = core;
  /** @param {DragEvent} event */
  const over = (event) => {
    const data = event.dataTransfer;
    if (!mine(event, data)) return;
    data.dropEffect = core.isDisabled ? "none" : "copy";
    dragging(!core.isDisabled);
  };
  host.addEventListener("dragenter", over);
  host.addEventListener("dragover", over);
  host.addEventListener("dragleave", ({ relatedTarget }) => {
    // It comes for each child too. `dragover` corrects it in browsers that do not say where the pointer went.
    if (!host.contains(/** @type {Node | null} */ (relatedTarget))) dragging(false);
  });
  host.addEventListener("drop", (event) => {
    dragging(false);
    if (mine(event, event.dataTransfer) && !core.isDisabled) core.list.add(sourcesOf(event.dataTransfer));
  });
  host.addEventListener("paste", (event) => paste(core, event));
}

/** Takes what is pasted.
 * @param {Core} core
 * @param {Event} event */
export function paste(core, event) {
  const data = /** @type {ClipboardEvent} */ (event).clipboardData;
  const target = /** @type {Element | undefined} */ (event.composedPath()[0]);
  if (core.isDisabled || target?.closest?.(TEXT_FIELDS)) return;
  if (mine(event, data)) core.list.add(sourcesOf(data));
}

/** Opens the browser's dialog by the element's one picker; call it in a click.
 * @param {HTMLInputElement} input
 * @param {CrowflyUpload} host
 * @param {"folder" | "camera" | undefined} way */
export function browse(input, host, way) {
  input.multiple = host.multiple && way !== "camera";
  input.webkitdirectory = way === "folder";
  const media = host.accept.split(",").filter((rule) => /^\s*(image|video|audio)\//.test(rule));
  input.accept = way === "folder" ? "" : way === "camera" ? media.join() || "image/*" : host.accept;
  if (way === "camera") input.setAttribute("capture", host.camera || "environment");
  else input.removeAttribute("capture");
  input.click();
}
