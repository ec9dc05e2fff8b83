// The error that the application sees: a real `Error` with `name` "UploadError" and a stable code.

/** Tells whether a caught value is an error of this SDK. */
export function isUploadError(value) {
  return value instanceof Error && value.name === "UploadError" && typeof value.code === "string";
}

/** An error of these fields: `code`, `phase`, `message`, and where known `retryable`, `part`, `status`,
 * `requestId`. */
export function uploadError({ code, retryable = false, phase, message, part, status, requestId }, cause) {
  const error = new Error(message?.trim() ? message : sentence(code, status));
  Object.assign(error, { name: "UploadError", code, retryable, phase });
  for (const [name, value] of Object.entries({ part, status, requestId, cause })) {
    if (value !== undefined) error[name] = value;
  }
  return error;
}

/** For a server that says nothing. */
function sentence(code, status) {
  return status === undefined ? `it failed with ${code}` : `the server answered with status ${status} (${code})`;
}

/** A refusal to start; `retryable` only where the same can succeed later. */
export function refused(code, message, cause) {
  return uploadError({ code, phase: "start", retryable: code === "locked", message }, cause);
}

/** An option with a wrong type or value; the message must name it. */
export const invalidOption = (message) => refused("invalid_option", message);

/** What everything rejects with once the client is closed. */
export const closed = (phase) => uploadError({ code: "closed", phase, message: "the client was closed" });

/** What `fetch` rejects with when it is aborted without a reason. */
export const abortError = () => new DOMException("the upload was aborted", "AbortError");
