// What the application and the test see of one upload of a client without a network.

/** @import { Upload, UploadControls } from "./testing.d.ts" */
/** @import { TestUpload } from "./testing-upload.js" */

/** @param {TestUpload} upload
 * @returns {Upload} */
export function handleOf(upload) {
  return {
    id: upload.id,
    get state() {
      return upload.shown;
    },
    get progress() {
      return upload.ledger.shown;
    },
    get done() {
      return upload.done;
    },
    processed: () => upload.processed(),
    pause: () => upload.pause(true),
    resume: () => upload.pause(false),
    abort: (reason) => upload.abort(reason),
    retry: () => upload.retry(),
    ...(upload.recording && { finish: () => upload.recording?.finish() }),
  };
}

/** @param {TestUpload} upload
 * @returns {UploadControls} */
export function controlsOf(upload) {
  return {
    upload: upload.handle,
    file: upload.file,
    options: upload.options,
    hold: () => upload.hold(true),
    release: () => upload.hold(false),
    progress: (to) => upload.take(() => upload.send(to)),
    store: (fields) => upload.take(() => upload.store(fields)),
    process(fields) {
      upload.take(() => upload.store());
      upload.answer(fields ?? {});
    },
    fail: (code, fields) => upload.fail(code, fields),
    retrying: (code, fields) => upload.take(() => upload.repeat(code, fields)),
  };
}
