// Asks before a file is deleted. A modal dialog holds the keyboard focus, closes by Escape, and gives the focus back.
// https://developer.mozilla.org/en-US/docs/Web/HTML/Reference/Elements/dialog

import { byId, setText } from "./dom.js";

const dialog = byId("ask");

/** Whether the person wants the file of this name deleted; false if `signal` fires before an answer. */
export function confirmDelete(name, signal) {
  setText(byId("ask-title"), `Delete ${name}?`);
  return new Promise((resolve) => {
    let wanted = false;
    const answered = new AbortController();
    const options = { signal: answered.signal };
    const close = () => dialog.close();
    dialog.addEventListener(
      "click",
      ({ target }) => {
        const action = target.closest("button")?.dataset.action;
        wanted = action === "confirm-delete";
        if (action) close();
      },
      options,
    );
    dialog.addEventListener(
      "close",
      () => {
        answered.abort();
        resolve(wanted && !signal.aborted);
      },
      options,
    );
    signal.addEventListener("abort", close, options);
    dialog.showModal();
  });
}
