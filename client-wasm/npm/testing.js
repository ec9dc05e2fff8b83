// The entry `crowfly/testing`: clients without a network, for the tests of applications.
import { TestHost } from "./testing-client.js";
import { uploadError as make } from "./testing-values.js";

export { isUploadError } from "./shared.js";

/** @import { TestClient } from "./testing.d.ts" */

/** @type {Set<TestClient>} */
const open = new Set();

/** Makes a client without a network.
 * @type {typeof import("./testing.d.ts").createTestClient} */
export function createTestClient(options) {
  const client = new TestHost(options, () => void open.delete(client)).client();
  open.add(client);
  return client;
}

/** Makes one as `createClient` of `crowfly` does, for a test that replaces that module by this one.
 * @type {typeof import("./testing.d.ts").createClient} */
export async function createClient(options) {
  return createTestClient(options);
}

/** The clients that were made and not closed.
 * @type {typeof import("./testing.d.ts").openClients} */
export const openClients = () => [...open];

/** Closes them all.
 * @type {typeof import("./testing.d.ts").closeClients} */
export function closeClients() {
  for (const client of open) client.close();
}

/** An error of the SDK.
 * @type {typeof import("./testing.d.ts").uploadError} */
export const uploadError = (code, fields) => make(code, fields);
