// One bucket, through the AWS SDK: every call that is made, and what each failure means.
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  type Part,
  type S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { Preset } from "./stores.js";

const CRC = "x-amz-checksum-crc64nvme";
/** Gateways in front of a server wait for 30 s. */
const COMPLETE_WITHIN_MS = 20_000;

export interface Grant {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresInMs: number;
}

interface Signing {
  readonly expiresIn: number;
  readonly unhoistableHeaders: Set<string>;
  readonly signableHeaders: Set<string>;
}

export interface Head {
  readonly size: number;
  /** Of which storage takes any with a presigned PUT, signed or not. */
  readonly encoding?: string;
  readonly etag: string;
  readonly crc64nvme?: string;
  readonly versionId?: string;
}

export interface Multipart {
  readonly key: string;
  readonly uploadId: string;
}

export interface ListedPart {
  readonly number: number;
  readonly size: number;
  /** As storage writes it. */
  readonly etag: string;
  readonly crc64nvme?: string;
}

/** What a completion led to; `unknown`: HEAD must tell. */
export type Completion = "done" | "unknown" | "gone" | "exists" | "conflict" | "parts" | "checksum";

export interface Bucket {
  readonly client: S3Client;
  readonly name: string;
  readonly preset: Preset;
  readonly urlSeconds: number;
}

interface SdkError {
  readonly name?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const nameOf = (error: unknown): string => (error as SdkError | null)?.name ?? "";
export const statusOf = (error: unknown): number | undefined => (error as SdkError | null)?.$metadata?.httpStatusCode;

/** Garage and Ceph say NoSuchKey. */
const isGone = (error: unknown): boolean => ["NoSuchUpload", "NoSuchKey"].includes(nameOf(error));

export const unquoted = (etag = ""): string => etag.replace(/^"|"$/g, "");

export class Storage {
  private readonly client: S3Client;

  constructor(private readonly bucket: Bucket) {
    // By default the SDK signs the CRC32 of an empty body into every URL. The application's own client stays as it is.
    const config = { ...bucket.client.config, requestChecksumCalculation: async () => "WHEN_REQUIRED" as const };
    this.client = Object.create(bucket.client, { config: { value: config } }) as S3Client;
  }

  /** Leave for one PUT of an exact length: its URL, and the headers that it must be sent with. */
  private async grant(headers: Record<string, string>, sign: (signing: Signing) => Promise<string>): Promise<Grant> {
    const url = await sign({
      expiresIn: this.bucket.urlSeconds,
      // By default the SDK moves it to the query, where some stores do not look at it.
      unhoistableHeaders: new Set([CRC]),
      // By default no content type is signed. Of a part, the SDK would sign one that no browser sends.
      signableHeaders: new Set(["host", "content-length", ...Object.keys(headers)]),
    });
    return { url, headers, expiresInMs: this.bucket.urlSeconds * 1000 };
  }

  private checksumHeader(crc64nvme: string | undefined): Record<string, string> {
    return this.bucket.preset.checksums && crc64nvme ? { [CRC]: crc64nvme } : {};
  }

  grantPut(object: { key: string; size: number; type: string; crc64nvme?: string }): Promise<Grant> {
    const once = this.bucket.preset.ifNoneMatch;
    const checksum = this.checksumHeader(object.crc64nvme);
    const command = new PutObjectCommand({
      Bucket: this.bucket.name,
      Key: object.key,
      ContentLength: object.size,
      ContentType: object.type,
      ...(once && { IfNoneMatch: "*" }),
      ...(checksum[CRC] && { ChecksumCRC64NVME: checksum[CRC] }),
    });
    const headers = { "content-type": object.type, ...(once && { "if-none-match": "*" }), ...checksum };
    return this.grant(headers, (signing) => getSignedUrl(this.client, command, signing));
  }

  grantPart(multipart: Multipart, number: number, length: number, crc64nvme: string | undefined): Promise<Grant> {
    const checksum = this.checksumHeader(crc64nvme);
    const command = new UploadPartCommand({
      Bucket: this.bucket.name,
      Key: multipart.key,
      UploadId: multipart.uploadId,
      PartNumber: number,
      ContentLength: length,
      ...(checksum[CRC] && { ChecksumCRC64NVME: checksum[CRC] }),
    });
    return this.grant(checksum, (signing) => getSignedUrl(this.client, command, signing));
  }

  /** The object, or undefined. 403 is a failure, not an answer. */
  async head(key: string): Promise<Head | undefined> {
    const mode = this.bucket.preset.checksums ? ({ ChecksumMode: "ENABLED" } as const) : {};
    try {
      const found = await this.client.send(new HeadObjectCommand({ Bucket: this.bucket.name, Key: key, ...mode }));
      const { ContentLength: size = 0, ContentEncoding: encoding, ETag, ChecksumCRC64NVME: crc64nvme, VersionId: versionId } = found;
      return { size, ...(encoding && { encoding }), etag: unquoted(ETag), ...(crc64nvme && { crc64nvme }), ...(versionId && { versionId }) };
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  async begin(key: string, type: string): Promise<string> {
    const checksum = this.bucket.preset.checksums ? ({ ChecksumAlgorithm: "CRC64NVME", ChecksumType: "FULL_OBJECT" } as const) : {};
    const input = { Bucket: this.bucket.name, Key: key, ContentType: type, ...checksum };
    const { UploadId } = await this.client.send(new CreateMultipartUploadCommand(input));
    if (!UploadId) throw new Error("storage gave no id of the multipart upload");
    return UploadId;
  }

  /** The latest multipart upload of exactly this key that is neither completed nor aborted. Undefined as well where this may
   * not be asked: then a lost answer leaves one behind, for the bucket's lifecycle. */
  async unfinished(key: string): Promise<string | undefined> {
    try {
      const page = await this.client.send(new ListMultipartUploadsCommand({ Bucket: this.bucket.name, Prefix: key }));
      return page.Uploads?.filter((upload) => upload.Key === key && upload.UploadId).at(-1)?.UploadId;
    } catch (error) {
      if ([403, 501].includes(statusOf(error) ?? 0)) return undefined;
      throw error;
    }
  }

  /** Every part, in order; undefined if the multipart upload is gone. */
  async parts({ key, uploadId }: Multipart): Promise<readonly ListedPart[] | undefined> {
    const all: Part[] = [];
    let marker: string | undefined;
    try {
      do {
        const input = { Bucket: this.bucket.name, Key: key, UploadId: uploadId, ...(marker && { PartNumberMarker: marker }) };
        const page = await this.client.send(new ListPartsCommand(input));
        all.push(...(page.Parts ?? []));
        const next = page.IsTruncated ? page.NextPartNumberMarker : undefined;
        if (next === marker) break;
        marker = next;
      } while (marker);
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
    const listed = all.map(({ PartNumber: number = 0, Size: size = 0, ETag: etag = "", ChecksumCRC64NVME: crc64nvme }) => ({
      number,
      size,
      etag,
      ...(crc64nvme && { crc64nvme }),
    }));
    return listed.sort((one, other) => one.number - other.number);
  }

  async complete({ key, uploadId }: Multipart, parts: readonly ListedPart[], size: number, crc64nvme: string | undefined): Promise<Completion> {
    const { checksums, ifNoneMatch, objectSize } = this.bucket.preset;
    const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag }));
    const command = new CompleteMultipartUploadCommand({
      Bucket: this.bucket.name,
      Key: key,
      UploadId: uploadId,
      MultipartUpload: { Parts },
      ...(ifNoneMatch && { IfNoneMatch: "*" }),
      ...(objectSize && { MpuObjectSize: size }),
      ...(checksums && crc64nvme && { ChecksumCRC64NVME: crc64nvme, ChecksumType: "FULL_OBJECT" }),
    });
    try {
      // Storage goes on when the answer is no longer waited for, and the repeated call finds the object.
      await this.client.send(command, { abortSignal: AbortSignal.timeout(COMPLETE_WITHIN_MS) });
      return "done";
    } catch (error) {
      return completionOf(error);
    }
  }

  /** Repeatable. */
  async abort({ key, uploadId }: Multipart): Promise<void> {
    try {
      await this.client.send(new AbortMultipartUploadCommand({ Bucket: this.bucket.name, Key: key, UploadId: uploadId }));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
function completionOf(error: unknown): Completion {
  if (isGone(error)) return "gone";
  const name = nameOf(error);
  if (name === "PreconditionFailed") return "exists";
  if (name === "ConditionalRequestConflict") return "conflict";
  if (["InvalidPart", "InvalidPartOrder", "EntityTooSmall", "InvalidRequest"].includes(name)) return "parts";
  if (["BadDigest", "InvalidDigest", "XAmzContentChecksumMismatch"].includes(name)) return "checksum";
  const status = statusOf(error);
  // No answer, an answer 200 that holds an error, or one that says nothing of the outcome.
  if (status === undefined || status < 300 || status === 408 || status === 429 || status >= 500) return "unknown";
  throw error;
}
