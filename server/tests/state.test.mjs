// The state that comes back from a browser: what is not exactly what was given, to this user, for this upload, is not there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CRC, ID, MIB, OTHER, SECRET, underWay, world } from "./support.mjs";

/** Every call that takes a state, with this one. */
const calls = (send, state, id = ID, headers = {}) => [
  () => send("POST", "", { uploads: [{ id, name: "a.txt", size: 20 * MIB, type: "text/plain", state }] }, headers),
  () => send("POST", `/${id}/parts`, { parts: [{ number: 1 }], state }, headers),
  () => send("GET", `/${id}/parts`, undefined, { "crowfly-state": state, ...headers }),
  () => send("POST", `/${id}/complete`, { state, crc64nvme: CRC }, headers),
  () => send("DELETE", `/${id}`, undefined, { "crowfly-state": state, ...headers }),
];

/** All of them are refused alike, and storage is not asked. */
async function refused(at, state, id, headers) {
  const before = at.bucket.calls.length;
  const bodies = new Set();
  for (const call of calls(at.send, state, id, headers)) {
    const answer = await call();
    assert.deepEqual([answer.status, answer.code], [404, "not_found"]);
    delete answer.body.error.requestId;
    bodies.add(JSON.stringify(answer.body));
  }
  assert.equal(bodies.size, 1, "refusals differ");
  assert.equal(at.bucket.calls.length, before, "storage was asked");
  return [...bodies][0];
}

test("a state with any byte changed is refused", async () => {
  const at = await underWay();
  for (let index = 0; index < at.state.length; index += 1) {
    const other = at.state[index] === "A" ? "B" : "A";
    const changed = at.state.slice(0, index) + other + at.state.slice(index + 1);
    const answer = await at.send("POST", `/${ID}/complete`, { state: changed });
    assert.deepEqual([answer.status, answer.code], [404, "not_found"], `byte ${index}`);
  }
  assert.equal(at.bucket.multiparts.size, 1);
});

test("a state that was cut, extended or made by hand is refused by every route", async () => {
  const at = await underWay();
  const [version, text, mac] = at.state.split(".");
  const facts = JSON.parse(Buffer.from(text, "base64url"));
  facts[0] = "u/bob/secret";
  const forged = Buffer.from(JSON.stringify(facts)).toString("base64url");
  const wrong = [`${version}.${text}`, `${version}.${text}.`, `v2.${text}.${mac}`, `${version}.${forged}.${mac}`, `${at.state}A`, `${at.state}=`, "x", "v1..", "v1.W10.AAAA"];
  for (const state of wrong) await refused(at, state);
  // As absent as text is that is no state at all.
  for (const state of ["", "a b", "é", 5, {}, [], "y".repeat(2049)]) {
    assert.equal((await at.send("POST", `/${ID}/complete`, { state })).code, "not_found", String(state).slice(0, 9));
  }
  assert.equal((await at.send("POST", `/${ID}/complete`, {})).code, "not_found");
});

test("a60 a63 another user, or the same for another upload, gets what nobody gets", async () => {
  const at = await underWay();
  const unknown = await refused(at, "v1.unknown.state");
  assert.equal(await refused(at, at.state, ID, { "x-user": "bob" }), unknown);
  assert.equal(await refused(at, at.state, OTHER), unknown);
  assert.equal(await refused(at, at.state, ID, { "x-user": "ann\",\"" }), unknown);
});

test("a62 a multipart upload of another tool in the bucket cannot be named", async () => {
  const at = await underWay();
  at.bucket.multiparts.set("foreign", { key: `u/ann/${OTHER}/more`, parts: new Map() });
  const { result } = await at.create({ id: OTHER, size: 20 * MIB, crc64nvme: undefined });
  const mine = [...at.bucket.multiparts].find(([, { key }]) => key === result.key)[0];
  const signed = await at.send("POST", `/${OTHER}/parts`, { parts: [{ number: 1 }], state: result.state });
  assert.equal(new URL(signed.body.grants[0].url).searchParams.get("uploadId"), mine);
  assert.notEqual(mine, "foreign");
});

test("a state ends with its time", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: Date.now() });
  const at = await underWay({ limits: { stateLifetimeSeconds: 3_600 } });
  const parts = () => at.send("GET", `/${ID}/parts`, undefined, { "crowfly-state": at.state });
  t.mock.timers.tick(3_599_000);
  assert.equal((await parts()).status, 200);
  t.mock.timers.tick(1_001);
  await refused(at, at.state);
});

test("secrets are replaced without breaking what is under way", async () => {
  const [old, young] = [SECRET, "another secret of thirty-two bytes!!"];
  const before = await underWay({ secret: old });
  const ask = (options, state) => {
    const at = world(options);
    at.bucket.multiparts = before.bucket.multiparts;
    return at.send("GET", `/${ID}/parts`, undefined, { "crowfly-state": state });
  };
  assert.equal((await ask({ secret: [young, old] }, before.state)).status, 200);
  assert.equal((await ask({ secret: [young] }, before.state)).status, 404);
  // The first one seals.
  const after = await underWay({ secret: [young, old] });
  assert.equal((await world({ secret: old }).send("GET", `/${ID}/parts`, undefined, { "crowfly-state": after.state })).status, 404);
});

test("a state fits a header, with the longest key and a long id of storage", async () => {
  const at = world({ key: ({ id }) => `${id}/`.padEnd(1024, "k") });
  at.bucket.begin = (key) => {
    at.bucket.multiparts.set("m", { key, parts: new Map() });
    return { status: 200, body: `<InitiateMultipartUploadResult><UploadId>${"i".repeat(300)}</UploadId></InitiateMultipartUploadResult>` };
  };
  const { status, result } = await at.create({ size: 20 * MIB, crc64nvme: undefined });
  assert.equal(status, 201);
  assert.match(result.state, /^[!-~]{1,2048}$/);
});
