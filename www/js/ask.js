// Asks before something is lost. A modal dialog holds the keyboard focus, closes by Escape, and gives the focus back.
// https://developer.mozilla.org/en-US/docs/Web/HTML/Reference/Elements/dialog

import { byId, setText } from "./dom.js";

const dialog = byId("ask");

/** Whether the person wants the file of this name deleted; false if `signal` fires before an answer. */
export function confirmDelete(name, signal) {
  const text = "The file is deleted from storage and cannot be downloaded any more. Its record stays and says so.";
  return confirmed(`Delete ${name}?`, text, "Delete", signal);
}

/** Whether the person wants the recording of this name discarded. */
export function confirmDiscard(name, signal) {
  const text = "What was recorded is deleted from this browser and from storage. Nothing of it can be had again.";
  return confirmed(`Discard ${name}?`, text, "Discard", signal);
}

function confirmed(title, text, word, signal) {
  setText(byId("ask-title"), title);
  setText(byId("ask-text"), text);
  setText(dialog.querySelector("[data-action=confirm-delete]"), word);
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
