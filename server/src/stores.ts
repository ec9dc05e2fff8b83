// What each store verifies, signs and demands. Amazon S3 and Garage: measured by the tests. MinIO, R2 and B2: documents of
// 2026-11-28, listed in docs/SIGNER.md; not run.
import type { Store } from "./server.js";

export interface Preset {
  /** Keeps and checks a CRC64NVME of parts and objects. */
  readonly checksums: boolean;
  /** A PUT and a completion with `If-None-Match: *` never overwrite. Where this is ignored, the key must contain the
   * upload's id, so that no upload can replace the object of another. */
  readonly ifNoneMatch: boolean;
  /** A completion may state the size of the whole object. */
  readonly objectSize: boolean;
  /** All parts but the last must have the same size. */
  readonly equalParts: boolean;
}

export const PRESETS: Readonly<Record<Store, Preset>> = {
  s3: { checksums: true, ifNoneMatch: true, objectSize: true, equalParts: false },
  // https://developers.cloudflare.com/r2/objects/multipart-objects/ (equal parts),
  // https://developers.cloudflare.com/r2/api/s3/conditional-operations/ and https://developers.cloudflare.com/r2/api/s3/api/
  r2: { checksums: true, ifNoneMatch: true, objectSize: false, equalParts: true },
  minio: { checksums: true, ifNoneMatch: true, objectSize: false, equalParts: false },
  // It takes the header and overwrites all the same.
  garage: { checksums: true, ifNoneMatch: false, objectSize: false, equalParts: false },
  // 400 "Unsupported header" for x-amz-checksum-*: https://www.backblaze.com/docs/cloud-storage-s3-compatible-api
  b2: { checksums: false, ifNoneMatch: false, objectSize: false, equalParts: false },
};
