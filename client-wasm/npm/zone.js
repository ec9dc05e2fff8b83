// What listens to the element of a drop zone.
import { read } from "./picked.js";
import { sourcesOf } from "./sources.js";

/** @import { Zone } from "./adapter.js" */
/** @import { Source } from "./sources.js" */

/** Elements that have a click of their own. */
const CONTROLS = "a,button,input,label,select,summary,textarea,[tabindex]";
/** Where pasting is for the text. */
const TEXT_FIELDS = "input,textarea,[contenteditable]";

/** Events that a zone inside another one, or the first of several that take what is pasted, has taken.
 * @type {WeakSet<Event>} */
const taken = new WeakSet();

/** Listens until `signal` is aborted.
 * @param {Zone} zone
 * @param {Element} root
 * @param {AbortSignal} signal */
export function listen(zone, root, signal) {
  if (signal.aborted) return;
  /** @template {Event} E
   * @param {EventTarget} target
   * @param {string} type
   * @param {(event: E) => void} hear */
  const on = (target, type, hear) => {
    target.addEventListener(type, (event) => hear(/** @type {E} */ (event)), { signal });
  };

  const input = () => /** @type {HTMLInputElement | null} */ (root.querySelector("input[type=file]"));
  zone.pick = (folder) => {
    const picker = input();
    if (!picker || zone.options.disabled || signal.aborted) return;
    picker.webkitdirectory = folder === true || !!zone.options.directory;
    picker.click();
  };

  /** @param {Source[]} sources */
  const take = async (sources) => {
    const { files, rejected } = await read(sources, zone.options);
    zone.set({ rejected });
    if (rejected.length > 0) zone.options.onReject?.(rejected);
    if (files.length > 0) zone.options.onFiles?.(files);
  };

  /** Whether an event brings files, and they are for this zone. The browser then leaves it alone: by default it would
   * leave the page and open the file.
   * @param {Event} event
   * @param {DataTransfer | null} data */
  const mine = (event, data) => {
    if (taken.has(event) || !data?.types.includes("Files")) return false;
    taken.add(event);
    event.preventDefault();
    return true;
  };

  /** @param {boolean} isDragging */
  const dragging = (isDragging) => {
    if (zone.get().isDragging !== isDragging) zone.set({ isDragging });
  };

  /** @param {DragEvent} event */
  const over = (event) => {
    const data = event.dataTransfer;
    if (!data || !mine(event, data)) return;
    data.dropEffect = zone.options.disabled ? "none" : "copy";
    dragging(!zone.options.disabled);
  };
  on(root, "dragenter", over);
  on(root, "dragover", over);
  on(root, "dragleave", (/** @type {DragEvent} */ { relatedTarget }) => {
    // It comes for each child too. `dragover` corrects it in browsers that do not say where the pointer went.
    if (!root.contains(/** @type {Node | null} */ (relatedTarget))) dragging(false);
  });
  on(root, "drop", (/** @type {DragEvent} */ event) => {
    dragging(false);
    const data = event.dataTransfer;
    if (data && mine(event, data) && !zone.options.disabled) take(sourcesOf(data));
  });
  on(root.ownerDocument, "paste", (/** @type {ClipboardEvent} */ event) => {
    const data = event.clipboardData;
    const { paste, disabled } = zone.options;
    if (!data || !paste || disabled || /** @type {Element} */ (event.target).closest?.(TEXT_FIELDS)) return;
    if (mine(event, data)) take(sourcesOf(data));
  });

  on(root, "change", ({ target }) => {
    const picker = input();
    if (!picker?.files || target !== picker) return;
    const sources = [...picker.files].map((file) => ({ file }));
    // Otherwise the same file cannot be picked twice in a row.
    picker.value = "";
    take(sources);
  });
  on(root, "click", (event) => {
    if (/** @type {Element} */ (event.target).closest(CONTROLS) !== root) return;
    // A label would open a second dialog.
    event.preventDefault();
    zone.pick();
  });
  on(root, "keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.target !== root || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    if (!event.repeat) zone.pick();
  });
}
