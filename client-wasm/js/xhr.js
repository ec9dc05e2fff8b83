// Storage: one PUT by `XMLHttpRequest`, the only way to see upload progress in a browser.
import { retryAfter } from "./api.js";
import { listen } from "./values.js";

/** Sends `body` with exactly these headers: name, value, name, value. `moved` hears of bytes handed to the
 * network, `ended` of the end, once: "sent" with `{etag?, ...}`, "network", or "refused" with
 * `{status, code?, ...}`.
 *
 * Gives the function that ends all; throws if the browser refuses the address or a header. */
export function send(url, headers, body, moved, ended) {
  const xhr = new XMLHttpRequest();
  xhr.open("PUT", url);
  for (let at = 0; at < headers.length; at += 2) xhr.setRequestHeader(headers[at], headers[at + 1]);
  const stops = [
    listen(xhr.upload, ["progress"], (event) => moved(event.loaded)),
    // The browser itself aborts when the page is left or its user stops loading.
    listen(xhr, ["load", "error", "abort"], () => {
      if (xhr.status === 0) ended("network");
      else if (xhr.status < 300) ended("sent", receipt(xhr));
      else ended("refused", storageRefusal(xhr));
    }),
  ];
  const stop = () => {
    // In this order the abort is heard by nobody; it does nothing to a request that has ended.
    for (const end of stops) end();
    xhr.abort();
  };
  try {
    xhr.send(body);
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
}

/** The text of the first element `name`, if it is short and plain, so that no markup and no URL comes
 * through. This is no XML parser. */
function element(body, name, plain) {
  return new RegExp(`<${name}>(${plain})<`).exec(body)?.[1];
}

const WORD = "[\\w.+/=-]{1,64}";
const SENTENCE = "[\\x20-\\x25\\x27-\\x2e\\x30-\\x3b\\x3d\\x3e\\x40-\\x7e]{1,200}";

/** Reads headers. Asking for one that CORS hides writes an error to the console; the list does not. */
function headersOf(xhr) {
  const all = xhr.getAllResponseHeaders() ?? "";
  return (name) => new RegExp(`^${name}:(.*)$`, "im").exec(all)?.[1].trim();
}

function receipt(xhr) {
  const header = headersOf(xhr);
  return {
    etag: header("etag")?.replaceAll('"', ""),
    crc64nvme: header("x-amz-checksum-crc64nvme"),
    versionId: header("x-amz-version-id"),
  };
}

function storageRefusal(xhr) {
  const body = String(xhr.responseText ?? "");
  const header = headersOf(xhr);
  return {
    status: xhr.status,
    code: element(body, "Code", WORD),
    message: element(body, "Message", SENTENCE),
    retryAfterMs: retryAfter(header("retry-after")),
    requestId: header("x-amz-request-id") ?? element(body, "RequestId", WORD),
  };
}
