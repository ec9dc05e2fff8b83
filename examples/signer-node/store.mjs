// One bucket, through the AWS SDK. Everything that the SDK does otherwise by default is here.
import * as S3 from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

const CRC = "x-amz-checksum-crc64nvme";
const none = (...names) => (error) => (names.includes(error.name) ? null : Promise.reject(error));
/** Of S3, and of Ceph. */
export const gone = none("NoSuchUpload", "NoSuchKey");

export function openStore({ s3, bucket, lifetime = 300, checksums = true }) {
  // By default the SDK signs the CRC32 of an empty body into every URL.
  const client = new S3.S3Client({ requestChecksumCalculation: "WHEN_REQUIRED", ...s3 });
  const send = (Command, input) => client.send(new Command({ Bucket: bucket, ...input }));

  /** Leave for one PUT of exactly `length` bytes: its URL, and the headers that it must be sent with. */
  async function grant(Command, input, length, crc, own = {}) {
    const headers = checksums && crc ? { ...own, [CRC]: crc } : own;
    const put = new Command({ Bucket: bucket, ...input, ContentLength: length, ChecksumCRC64NVME: headers[CRC] });
    const url = await getSignedUrl(client, put, {
      expiresIn: lifetime,
      // By default the SDK moves the checksum to the query, where some stores do not look at it.
      unhoistableHeaders: new Set([CRC]),
      // By default no content type is signed. Of a part, the SDK would sign one that nobody sends.
      signableHeaders: new Set(Object.keys(headers)),
    });
    return { url, headers, expiresInMs: lifetime * 1000 };
  }

  /** The object, or null. */
  const mode = checksums ? { ChecksumMode: "ENABLED" } : {};
  const head = (Key) => send(S3.HeadObjectCommand, { Key, ...mode }).catch(none("NotFound"));

  /** The multipart uploads of a key that are neither completed nor aborted. */
  async function unfinished(Key) {
    const { Uploads = [] } = await send(S3.ListMultipartUploadsCommand, { Prefix: Key });
    return Uploads.filter((upload) => upload.Key === Key);
  }

  /** Every part in storage, or null if the multipart upload is gone. */
  async function listParts({ key, uploadId }, PartNumberMarker) {
    const page = await send(S3.ListPartsCommand, { Key: key, UploadId: uploadId, PartNumberMarker }).catch(gone);
    const more = page?.IsTruncated ? await listParts({ key, uploadId }, page.NextPartNumberMarker) : [];
    return page && more && [...(page.Parts ?? []), ...more];
  }

  return { send, grant, head, unfinished, listParts, checksums };
}
