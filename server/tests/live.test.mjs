// Live uploads: the plan, what is signed of one, and its end. The sizes are those of `contract/src/live.rs`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CRC, ID, MIB, golden, shapeOf, world } from "./support.mjs";

const PART = 5 * MIB;
const live = (more = {}) => ({ live: true, size: undefined, crc64nvme: undefined, ...more });

/** A live upload that is under way. */
async function recording(options, more = {}) {
  const at = world(options);
  const { result, text } = await at.create(live(more));
  if (!result?.plan) throw new Error(text);
  const { state, plan } = result;
  const uploadId = [...at.bucket.multiparts.keys()].at(-1);
  const sign = (...parts) => at.send("POST", `/${ID}/parts`, { parts: parts.map(([number, size]) => ({ number, size })), state });
  const complete = (body) => at.send("POST", `/${ID}/complete`, { ...body, state });
  const put = (...sizes) => sizes.forEach((size, index) => at.bucket.part(uploadId, index + 1, size, CRC));
  return { ...at, plan, state, sign, complete, put };
}

/** The parts that were signed. */
const numbers = ({ body }) => body.grants.map(({ number }) => number);

test("a live upload is created in the contract's shapes, with the least of the limits", async () => {
  const { create } = world({ limits: { maxFileBytes: 100 * MIB } });
  const { status, body, result } = await create(live());
  assert.equal(status, 201);
  assert.deepEqual(result.plan, { kind: "live", partSize: PART, doubleEvery: 1_000, maxBytes: 100 * MIB });
  const [{ confirm: _c, state, ...plain }] = body.uploads;
  assert.deepEqual(shapeOf({ uploads: [plain] }), shapeOf(golden("create_response_live")));
  assert.equal((await create(live({ state }))).status, 200, "again");
  for (const other of [live({ state, maxBytes: 5 }), { state, size: 0, crc64nvme: undefined }]) assert.equal((await create(other)).code, "upload_mismatch");
  assert.equal((await create(live({ maxBytes: 7 }))).result.plan.maxBytes, 7);
  assert.equal((await create(live({ maxBytes: 200 * MIB }))).result.plan.maxBytes, 100 * MIB);
});

test("R2 gets parts of equal size, as large as the limit needs", async () => {
  const plan = async (store, maxFileBytes) => (await recording({ store, limits: { maxFileBytes } })).plan;
  const GIB = 1024 * MIB;
  assert.deepEqual(await plan("r2", 5 * GIB), { kind: "live", partSize: PART, maxBytes: 5 * GIB });
  assert.deepEqual(await plan("r2", 10_000 * 5 * MIB + 1), { kind: "live", partSize: 6 * MIB, maxBytes: 10_000 * 5 * MIB + 1 });
  assert.equal((await plan("r2", 10_000 * 5 * GIB)).partSize, 5 * GIB);
  assert.equal((await plan("minio", 5 * GIB)).doubleEvery, 1_000);
  // Doubled nine times, 10,000 parts hold 4.87 TiB.
  assert.equal((await plan("s3", 10_000 * 5 * GIB)).maxBytes, 5_115_000 * MIB);
});

test("an item has a size or is live, and a live one has nothing that needs the file", async () => {
  const { create } = world();
  for (const [more, code, field] of [
    [{ size: 9 }, "invalid_size", "size"],
    [{ live: false }, "invalid_size", "size"],
    [{ live: "yes" }, "invalid_size", "live"],
    [{ maxBytes: 0 }, "invalid_size", "maxBytes"],
    [{ maxBytes: 1.5 }, "invalid_size", "maxBytes"],
    [{ live: undefined, size: 9, maxBytes: 9 }, "invalid_size", "maxBytes"],
    [{ crc64nvme: CRC }, "invalid_checksum", "crc64nvme"],
    [{ partSize: PART }, "invalid_part", "partSize"],
    [{ parts: [{ number: 1 }] }, "invalid_part", "parts"],
  ]) {
    const refused = await create(live(more));
    assert.equal(refused.code, code, JSON.stringify(more));
    assert.match(refused.body.error.message, new RegExp(`uploads\\[0\\]\\.${field}\``));
  }
});

test("a33 a part has the plan's size, or is the last and no longer than that", async () => {
  const { sign } = await recording({ limits: { maxFileBytes: 100 * 1024 * MIB } });
  assert.deepEqual(numbers(await sign([1], [2], [3, 9])), [1, 2, 3]);
  for (const part of [[1, 0], [1, PART], [1_001, 2 * PART], [2_001, 4 * PART]]) assert.equal((await sign(part)).status, 200, `${part}`);
  for (const parts of [[[1, PART + 1]], [[2, 0]], [[1_001, 2 * PART + 1]], [[1, 9], [2, 9]], [[1, 9], [2]], [[10_001]], [[1, -1]], [[1, "9"]]]) {
    assert.equal((await sign(...parts)).code, "invalid_part", JSON.stringify(parts));
  }
});

test("nothing is signed above the limit", async () => {
  const one = await recording({}, { maxBytes: 1 });
  for (const [part, status] of [[[1], 413], [[1, 2], 413], [[2, 1], 413], [[1, 1], 200], [[1, 0], 200]]) {
    assert.equal((await one.sign(part)).status, status, `${part}`);
  }
  const two = await recording({}, { maxBytes: 2 * PART });
  assert.equal((await two.sign([2])).status, 200);
  assert.equal((await two.sign([3, 1])).code, "too_large");
  assert.equal((await two.complete({ size: 2 * PART + 1 })).code, "too_large");
});

test("a66 a67 its end is an unbroken run of parts of the size that the page says", async () => {
  const { put, complete, stored, bucket } = await recording();
  put(PART, PART, 9);
  assert.equal((await complete({})).code, "invalid_size");
  for (const size of [0, 1, PART, 2 * PART, 2 * PART + 8, 2 * PART + 10, 3 * PART]) assert.equal((await complete({ size })).code, "parts_mismatch", `${size}`);
  const done = await complete({ size: 2 * PART + 9, crc64nvme: CRC, durationMs: 61_000 });
  assert.equal(done.status, 200, done.text);
  assert.equal(done.body.size, 2 * PART + 9);
  const [{ live: isLive, durationMs, verified, size }] = stored;
  assert.deepEqual([isLive, durationMs, verified, size], [true, 61_000, true, 2 * PART + 9]);
  const completed = bucket.calls.find(({ operation }) => operation === "complete");
  assert.equal(completed.headers["x-amz-mp-object-size"], `${2 * PART + 9}`);
  assert.equal((await complete({ size: 2 * PART })).code, "size_mismatch");
});

test("an empty recording is one empty part", async () => {
  const { put, sign, complete } = await recording();
  assert.equal((await sign([1, 0])).status, 200);
  put(0);
  assert.equal((await complete({ size: 0 })).status, 200);
});

test("what only a live upload has is refused for another", async () => {
  const { create, send } = world();
  const { result } = await create({ size: 20 * MIB, crc64nvme: undefined });
  const { state } = result;
  assert.equal((await send("POST", `/${ID}/parts`, { parts: [{ number: 1, size: 9 }], state })).code, "invalid_part");
  for (const more of [{ size: 20 * MIB }, { durationMs: 1 }, { durationMs: -1 }, { durationMs: 2 ** 53 + 2 }]) {
    assert.equal((await send("POST", `/${ID}/complete`, { ...more, state })).code, "invalid_size", JSON.stringify(more));
  }
});

test("a60 the facts of a live upload are under the MAC", async () => {
  const { state, send } = await recording({}, { maxBytes: 1 });
  const [version, text, mac] = state.split(".");
  const packed = JSON.parse(Buffer.from(text, "base64url").toString());
  packed[1] = 1024 * MIB;
  const altered = [version, Buffer.from(JSON.stringify(packed)).toString("base64url"), mac].join(".");
  assert.equal((await send("POST", `/${ID}/parts`, { parts: [{ number: 1 }], state: altered })).status, 404);
  assert.equal((await send("POST", `/${ID}/parts`, { parts: [{ number: 1 }], state }, { "x-user": "bob" })).status, 404);
});

test("the application sees the most that a live upload may have", async () => {
  const seen = [];
  await recording({ quota: (item) => void seen.push(item) }, { maxBytes: 1234 });
  assert.deepEqual([seen[0].live, seen[0].size], [true, 1234]);
});
