// What the cases need in an example's page; their scripts use it as `window.stores`.

import { createClient } from "/crowfly/index.js";
import { signer } from "/signer.js";

/** A client that records its warnings; `late` holds back that many signed URLs until they are expired. */
async function open({ late = 0, lateMs = 0, ...options } = {}) {
  const warnings = [];
  const onWarning = ({ code }) => warnings.push(code);
  const server = options.api ? {} : { signer: late ? held(late, lateMs) : signer };
  const client = await createClient({ ...server, onWarning, ...options });
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

/** Where a case picks its file: not the input of the example, which uploads at once. */
const input = Object.assign(document.createElement("input"), { type: "file", id: "given" });
document.body.append(input);

/** Starts the upload of the picked file; resolves to its id. */
async function begin(options) {
  const client = await open(options);
  return follow(client.upload(input.files[0], { type: "application/x-test" }));
}

/** Goes on with an upload of an earlier page; resolves to its id, or to the number of others. */
async function attach(id) {
  const client = await open();
  const entries = await client.resumable();
  const entry = entries.find((entry) => entry.id === id);
  return entry ? follow(await entry.attach(input.files[0])) : entries.length;
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

window.stores = { begin, attach, warnings: [] };
