// The part size that a page asks for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ID, MIB, OTHER, underWay, world } from "./support.mjs";

const large = (partSize, size = 20 * MIB) => ({ size, crc64nvme: undefined, partSize });

test("it is granted within 5 to 64 MiB, and never more than 10,000 parts", async () => {
  const cases = [
    [5 * MIB, 5 * MIB],
    [7 * MIB + 1, 7 * MIB + 1],
    [64 * MIB, 64 * MIB],
    [0, 5 * MIB],
    [5 * MIB - 1, 5 * MIB],
    [4 * 1024 * MIB, 64 * MIB],
    [Number.MAX_SAFE_INTEGER, 64 * MIB],
    [null, 8 * MIB],
    [undefined, 8 * MIB],
  ];
  for (const [asked, granted] of cases) {
    const { status, result } = await world().create(large(asked));
    assert.deepEqual([status, result.plan], [201, { kind: "multipart", partSize: granted, partCount: Math.ceil((20 * MIB) / granted) }], `${asked}`);
  }
  const most = 10_000 * 64 * MIB + 1;
  const { result } = await world({ limits: { maxFileBytes: 2 * most } }).create(large(5 * MIB, most));
  assert.deepEqual(result.plan, { kind: "multipart", partSize: 65 * MIB, partCount: Math.ceil(most / (65 * MIB)) });
});

test("a malformed one is refused, and a small file is one PUT whatever is asked", async () => {
  for (const partSize of [-1, 1.5, 1e18, "5242880", true, [], {}]) {
    const { status, code } = await world().create(large(partSize));
    assert.deepEqual([status, code], [400, "invalid_part"], JSON.stringify(partSize));
  }
  assert.equal((await world().create({ partSize: 5 * MIB })).result.plan.kind, "single");
});

test("first parts of the size that is granted are signed along", async () => {
  const { result } = await world().create({ ...large(5 * MIB), parts: [1, 2, 3, 4, 5].map((number) => ({ number })) });
  assert.deepEqual(result.grants.map(({ number }) => number), [1, 2, 3, 4]);
  const clamped = await world().create({ ...large(1), parts: [{ number: 1 }] });
  assert.equal(clamped.result.grants, undefined);
});

test("the plan of the first call stays, whatever a repeated one asks for", async () => {
  const { create, bucket, result, state, uploadId } = await underWay({}, { partSize: 5 * MIB });
  assert.equal(result.plan.partSize, 5 * MIB);
  for (const partSize of [6 * MIB, 64 * MIB, undefined]) {
    assert.deepEqual((await create({ ...large(partSize), state })).result.plan, result.plan);
  }
  // Without the state, the parts in storage show it.
  bucket.part(uploadId, 4, 5 * MIB, undefined);
  bucket.part(uploadId, 2, 5 * MIB, undefined);
  for (const partSize of [6 * MIB, undefined]) {
    assert.deepEqual((await create(large(partSize))).result.plan, result.plan);
  }
  assert.deepEqual([...bucket.multiparts.keys()], [uploadId]);
});

test("parts in storage that fit no plan are given up", async () => {
  const { create, bucket, uploadId } = await underWay({}, { partSize: 9 * MIB });
  // The last one alone says nothing of the others, and is no part of the usual plan.
  bucket.part(uploadId, 3, 2 * MIB, undefined);
  const { status, result } = await create(large(undefined));
  assert.deepEqual([status, result.plan.partSize], [201, 8 * MIB]);
  assert.equal(bucket.multiparts.size, 1);
  assert.ok(!bucket.multiparts.has(uploadId));
});

test("uploads of one page are independent", async () => {
  const { send } = world();
  const item = (id, partSize) => ({ id, name: "a.bin", size: 20 * MIB, type: "application/zip", partSize });
  const { body } = await send("POST", "", { uploads: [item(ID, 5 * MIB), item(OTHER, 6 * MIB)] });
  assert.deepEqual(body.uploads.map(({ plan }) => plan.partSize), [5 * MIB, 6 * MIB]);
});
