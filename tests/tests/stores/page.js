// What the cases need in an example's page; their scripts use it as `window.stores`.

import { createClient } from "/crowfly/index.js";
import { signer } from "/signer.js";

/** A client that records its warnings; `late` holds back that many signed URLs until they are expired. */
async function open({ late = 0, lateMs = 0, ...options } = {}) {
  const warnings = [];
  const onWarning = ({ code }) => warnings.push(code);
  const client = await createClient({ signer: late ? held(late, lateMs) : signer, onWarning, ...options });
  Object.assign(window.stores, { client, warnings });
  return client;
}

/** The example's functions, whose first answers come late and promise more time than they have. */
function held(late, lateMs) {
  let left = late;
  const hold = (name) => async (...args) => {
    const answer = await signer[name](...args);
    if (left-- > 0) await new Promise((resolve) => setTimeout(resolve, lateMs));
    const grants = answer.grants ?? answer.uploads.flatMap(({ plan }) => plan?.put ?? []);
    for (const grant of grants) grant.expiresInMs = 600_000;
    return answer;
  };
  return { ...signer, create: hold("create"), sign: hold("sign") };
}

/** A file of known content: xorshift32 from `seed`, words in little-endian order. */
function file({ name, seed, size }) {
  const bytes = new DataView(new ArrayBuffer(Math.ceil(size / 4) * 4));
  let state = seed >>> 0 || 1;
  for (let at = 0; at < bytes.byteLength; at += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes.setUint32(at, state, true);
  }
  return new File([new Uint8Array(bytes.buffer, 0, size)], name, { type: "application/x-test" });
}

/** Follows an upload to its end, which is then in `window.stores.end`. */
function follow(upload) {
  Object.assign(window.stores, { upload, end: undefined });
  upload.done.then(
    (stored) => (window.stores.end = { id: upload.id, stored, warnings: window.stores.warnings }),
    ({ name, code, message, storage }) => (window.stores.end = { id: upload.id, error: { name, code, message, storage } }),
  );
  return upload.id;
}

window.stores = { open, file, follow, warnings: [] };
