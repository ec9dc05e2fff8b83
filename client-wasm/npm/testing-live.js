// The source of a live upload of a client without a network: what it gives is counted, and goes nowhere.
import { blobOf, sourceOf } from "../js/source.js";
import { mediaType } from "./testing-options.js";
import { abortError } from "./testing-values.js";

/** @import { LiveOptions, LiveSource } from "./live.d.ts" */
/** @import { LiveSource as Given, Source } from "../js/source.js" */
/** @import { TestUpload } from "./testing-upload.js" */

export class Recording {
  /** @type {Source} */
  #source;
  #upload;
  #options;
  #over = false;

  /** @param {TestUpload} upload
   * @param {LiveSource} source
   * @param {LiveOptions} options */
  constructor(upload, source, options) {
    this.#upload = upload;
    this.#options = options;
    const { ledger } = upload;
    ledger.growing = true;
    ledger.record(0);
    upload.known = true;
    upload.type = mediaType(options.type, /** @type {Partial<MediaRecorder>} */ (source).mimeType ?? "");
    this.#source = sourceOf(/** @type {Given} */ (source));
    void upload.host.moving(this.#count());
  }

  /** Ends the source: what it gave is the whole. */
  finish() {
    this.#source.stop();
  }

  /** Ends it, whatever comes from it. */
  end() {
    this.#over = true;
    this.#source.stop(true);
  }

  async #count() {
    const upload = this.#upload;
    const { maxBytes = Infinity, onSourceError } = this.#options;
    /** @type {unknown} */
    let error;
    let bytes = 0;
    try {
      for await (const piece of this.#source.pieces) {
        if (this.#over) return;
        bytes += blobOf(piece).size;
        upload.type = mediaType(this.#options.type, this.#source.type?.() ?? "");
        upload.ledger.record(Math.min(bytes, maxBytes));
        upload.moved();
        if (bytes <= maxBytes) continue;
        upload.host.warn("limit_reached", `the recording ends at its limit of ${maxBytes} bytes`, upload.id);
        break;
      }
    } catch (thrown) {
      error = thrown ?? abortError();
    }
    this.finish();
    if (this.#over) return;
    // Of nothing there is nothing to keep.
    if (error && (!bytes || onSourceError === "abort")) return upload.abort(error);
    if (error) {
      const said = /** @type {Partial<Error>} */ (error).message ?? String(error);
      upload.host.warn("source_failed", `the source failed; what it gave until then is uploaded: ${said}`, upload.id);
    }
    upload.ledger.growing = false;
    upload.moved();
    upload.go();
  }
}
