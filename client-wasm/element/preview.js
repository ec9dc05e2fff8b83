// Previews of pictures, video and sound: small ones in the rows that are seen, and a large one in a dialog. Loaded with the
// first such file.
/** @import { Core } from "./core.js" */
/** @import { Item } from "./list.js" */
/** @import { Row } from "./row.js" */

/** CSS pixels of a small picture, twice for sharp screens. */
const SIDE = 96;
/** Longest side of a large picture. */
const LARGE = 1600;
/** Larger pictures take too much memory to be decoded for a thumbnail. */
const MOST_BYTES = 60_000_000;
const FRAME_MS = 5_000;

/** What was drawn, or null where nothing can be.
 * @type {WeakMap<File, Promise<HTMLCanvasElement | null>>} */
const drawn = new WeakMap();
/** One at a time: decoding takes memory and time.
 * @type {Promise<unknown>} */
let turn = Promise.resolve();

/** Draws the small picture of a row.
 * @param {Item} item
 * @param {Row} row */
export function thumbnail({ file }, row) {
  if (!file || row.thumb.dataset["drawn"] || !/^(image\/(?!svg)|video\/)/.test(file.type) || file.size > MOST_BYTES * (file.type[0] === "v" ? 1e3 : 1)) return;
  row.thumb.dataset["drawn"] = "";
  const known = drawn.get(file);
  const drawing = known ?? turn.then(() => (row.element.isConnected ? draw(file, SIDE) : undefined)).catch(() => null);
  turn = drawing;
  drawing.then((canvas) => {
    // It was scrolled away before its turn.
    if (canvas === undefined) return;
    drawn.set(file, Promise.resolve(canvas));
    if (canvas) row.thumb.replaceChildren(canvas);
  });
}

/** @param {File} file
 * @param {number} side the shorter side is scaled to this
 * @returns {Promise<HTMLCanvasElement | null>} */
async function draw(file, side) {
  if (file.type.startsWith("video/")) return frame(file, side);
  const bitmap = await createImageBitmap(file);
  return copy(bitmap, bitmap.width, bitmap.height, side, () => bitmap.close());
}

/** @param {CanvasImageSource} source
 * @param {number} width
 * @param {number} height
 * @param {number} side
 * @param {() => void} end */
function copy(source, width, height, side, end) {
  const scale = Math.min(1, side / Math.min(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext("2d")?.drawImage(source, 0, 0, canvas.width, canvas.height);
  end();
  return canvas;
}

/** The first frame of a film that is more than black.
 * @param {File} file
 * @param {number} side
 * @returns {Promise<HTMLCanvasElement | null>} */
function frame(file, side) {
  return new Promise((done) => {
    const video = document.createElement("video");
    const address = URL.createObjectURL(file);
    const end = (/** @type {HTMLCanvasElement | null} */ canvas) => {
      clearTimeout(timer);
      URL.revokeObjectURL(address);
      video.removeAttribute("src");
      done(canvas);
    };
    const timer = setTimeout(end, FRAME_MS, null);
    video.muted = video.playsInline = true;
    video.preload = "auto";
    video.onerror = () => end(null);
    video.onloadeddata = () => {
      video.currentTime = Math.min(1, video.duration / 2 || 0);
    };
    video.onseeked = () => end(copy(video, video.videoWidth, video.videoHeight, side, () => {}));
    video.src = address;
  });
}

/** Shows a file in a dialog.
 * @param {Core} core
 * @param {Item} item */
export async function open(core, { file, name }) {
  if (!file) return;
  const { h, icon, words, view } = core;
  const close = h("button", { type: "button", part: "action", "aria-label": words.text("close"), click: () => dialog.close() }, icon("abort"));
  const place = h("div", { part: "medium" });
  const dialog = h("dialog", { part: "preview", "aria-label": name }, h("div", { part: "sum" }, h("strong", { dir: "auto" }, name), close), place);
  view?.nodes[0]?.parentNode?.append(dialog);
  /** @type {string | undefined} */
  let address;
  dialog.onclose = () => {
    if (address) URL.revokeObjectURL(address);
    dialog.remove();
  };
  dialog.onclick = ({ target }) => {
    if (target === dialog) dialog.close();
  };
  dialog.showModal();
  try {
    if (file.type.startsWith("image/")) {
      const canvas = await draw(file, LARGE);
      if (canvas) place.append(canvas);
      canvas?.setAttribute("role", "img");
      canvas?.setAttribute("aria-label", name);
    } else {
      address = URL.createObjectURL(file);
      const medium = h(file.type.startsWith("video/") ? "video" : "audio", { controls: true, autoplay: true, playsinline: true, "aria-label": name });
      medium.src = address;
      place.append(medium);
    }
  } catch {
    dialog.close();
  }
}
