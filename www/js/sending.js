// The uploader of this page: its element, the client that it sends by,
// and what the page does with a record once it is there.

import "../crowfly/element.js";
import { MESSAGES } from "./messages.js";

/** Puts an uploader into `place`, made from `template`. */
export function startSending(place, template, client, { onRecord, onLate, onFailed }) {
  place.replaceChildren(document.importNode(template.content, true));
  const uploader = place.querySelector("crowfly-upload");
  uploader.client = client;
  uploader.messages = { errors: MESSAGES };
  uploader.addEventListener("crowfly-stored", ({ detail: { upload } }) => {
    upload.processed().then(onRecord, onLate);
  });
  uploader.addEventListener("crowfly-failed", ({ detail }) => onFailed(detail));
  return uploader;
}
