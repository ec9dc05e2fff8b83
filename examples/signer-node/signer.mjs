// The five functions. They store nothing: what a later call must know is sealed in `state`.
import * as S3 from "@aws-sdk/client-s3";
import { sealer } from "./state.mjs";
import { gone, openStore } from "./store.mjs";

const [MIB, MAX_BYTES] = [1024 ** 2, 50 * 1024 ** 3];
const escape = (name) => encodeURIComponent(`${name}`.toWellFormed()).replace(/['()*]/g, "_");
export const refusal = (status, code) => Object.assign(new Error(code), { status, code });
const partLength = ({ size, partSize }, number) => Math.min(partSize, size - (number - 1) * partSize);

export function createSigner({ secret, onStored = async () => {}, ...options }) {
  const { send, grant, head, unfinished, listParts, checksums } = openStore(options);
  const { seal, unseal } = sealer(secret);
  const keyOf = (user, id) => `uploads/${user}/${id}`;
  function factsOf(user, id, state) {
    const facts = unseal(state);
    if (facts?.key !== keyOf(user, id)) throw refusal(404, "not_found");
    return facts;
  }

  async function begin(user, { id, name, size, type, crc64nvme }) {
    if (!/^[0-9A-HJKMNP-TV-Z]{26}$/.test(id)) throw refusal(400, "invalid_id");
    if (!Number.isSafeInteger(size) || size < 0) throw refusal(400, "invalid_size");
    if (size > MAX_BYTES) throw refusal(413, "too_large");
    const key = keyOf(user, id);
    // The name is a stranger's text: no part of the key, and the object is never shown as a page.
    const disposition = `attachment; filename*=UTF-8''${escape(name)}`;
    const object = { Key: key, ContentType: type, ContentDisposition: disposition };
    if (size <= 16 * MIB) {
      const headers = { "content-type": type, "content-disposition": disposition, "if-none-match": "*" };
      const put = await grant(S3.PutObjectCommand, { ...object, IfNoneMatch: "*" }, size, crc64nvme, headers);
      return { id, key, confirm: true, state: seal({ key, size }), plan: { kind: "single", put } };
    }
    let [upload] = await unfinished(key); // a repeated call begins no second one
    if (!upload && (await head(key))) throw refusal(409, "already_stored");
    const algorithm = checksums && { ChecksumAlgorithm: "CRC64NVME", ChecksumType: "FULL_OBJECT" };
    upload ??= await send(S3.CreateMultipartUploadCommand, { ...object, ...algorithm });
    const partSize = Math.ceil(Math.max(8 * MIB, size / 10_000) / MIB) * MIB;
    const plan = { kind: "multipart", partSize, partCount: Math.ceil(size / partSize) };
    return { id, key, confirm: true, state: seal({ key, size, partSize, uploadId: upload.UploadId }), plan };
  }
  async function create(user, { uploads }) {
    const refused = (id) => (error) =>
      error.status ? { id, error: { code: error.code, message: error.code } } : Promise.reject(error);
    return { uploads: await Promise.all(uploads.map((item) => begin(user, item).catch(refused(item.id)))) };
  }

  async function sign(user, id, { parts, state }) {
    const facts = factsOf(user, id, state);
    const one = async ({ number, crc64nvme }) => {
      const length = Number.isInteger(number) && number > 0 ? partLength(facts, number) : 0;
      if (!(length > 0)) throw refusal(400, "invalid_part");
      const input = { Key: facts.key, UploadId: facts.uploadId, PartNumber: number };
      return { number, ...(await grant(S3.UploadPartCommand, input, length, crc64nvme)) };
    };
    return { grants: await Promise.all(parts.map(one)) };
  }

  async function parts(user, id, state) {
    const facts = factsOf(user, id, state);
    const all = await listParts(facts);
    if (!all) throw refusal(409, (await head(facts.key)) ? "already_stored" : "multipart_gone");
    const shown = ({ PartNumber, Size, ETag, ChecksumCRC64NVME }) =>
      ({ number: PartNumber, size: Size, etag: ETag, crc64nvme: ChecksumCRC64NVME });
    return { parts: all.map(shown) };
  }

  async function assemble(facts, crc) {
    const all = await listParts(facts);
    if (!all) return; // another call was first
    const fits = ({ PartNumber, Size }, at) => PartNumber === at + 1 && Size === partLength(facts, at + 1);
    const count = Math.ceil(facts.size / facts.partSize);
    if (all.length !== count || !all.every(fits)) throw refusal(409, "parts_mismatch");
    const sum = checksums && crc && { ChecksumCRC64NVME: crc, ChecksumType: "FULL_OBJECT" };
    const input = { Key: facts.key, UploadId: facts.uploadId, MultipartUpload: { Parts: all }, IfNoneMatch: "*" };
    await send(S3.CompleteMultipartUploadCommand, { ...input, ...sum }).catch((error) => {
      if (/^(Bad|Invalid)Digest$/.test(error.name)) throw refusal(409, "checksum_mismatch");
      return error.name === "PreconditionFailed" ? null : gone(error);
    });
  }
  async function complete(user, id, { crc64nvme, state }) {
    const facts = factsOf(user, id, state);
    if (facts.uploadId && !(await head(facts.key))) await assemble(facts, crc64nvme);
    const object = await head(facts.key);
    if (!object) throw refusal(409, facts.uploadId ? "multipart_gone" : "not_stored");
    const { ContentLength: size, ETag: etag, VersionId: versionId, ChecksumCRC64NVME: found } = object;
    if (size !== facts.size) throw refusal(409, "size_mismatch");
    await onStored({ user, id, key: facts.key, size, verified: Boolean(found && found === crc64nvme) });
    return { id, key: facts.key, size, etag, versionId, crc64nvme: found };
  }

  async function abort(user, id) {
    const key = keyOf(user, id);
    for (const { UploadId } of await unfinished(key)) {
      await send(S3.AbortMultipartUploadCommand, { Key: key, UploadId }).catch(gone);
    }
    if (await head(key)) throw refusal(409, "already_stored");
  }
  return { create, sign, parts, complete, abort };
}
