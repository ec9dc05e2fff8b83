// The uploader of this page: the element, the client that it sends by, and what the page wants to know of it.

import "../crowfly/element.js";

/** Puts an uploader into `place`. `onRecord` gets the record of each stored file, `onLate` why one did not come. */
export function startSending(place, template, client, { onRecord, onLate }) {
  place.replaceChildren(document.importNode(template.content, true));
  const uploader = place.querySelector("crowfly-upload");
  uploader.client = client;
  uploader.addEventListener("crowfly-stored", ({ detail: { upload } }) => {
    upload.processed().then(onRecord, onLate);
  });
  return uploader;
}
