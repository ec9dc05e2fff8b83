// Options: mistakes are told at once, and each store gets what it can.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CRC, ID, MIB, S3Client, SECRET, underWay, world } from "./support.mjs";

test("a handler is not made with options that are missing or wrong", () => {
  const wrong = {
    client: [undefined, null, {}, { send() {} }],
    bucket: [undefined, "", 5],
    secret: [undefined, "", "x".repeat(31), [], [SECRET, "short"], 5, [5], new Uint8Array(32)],
    key: [undefined, "uploads"],
    authorize: [undefined, null],
    store: ["S3", "gcs", 5, "constructor"],
    origins: [[], "https://a.example", ["*"], ["https://a.example/"], ["a.example"], ["null"], ["https://*.example"], [5]],
    trustForwarded: ["yes"],
    checksums: [1],
    onStored: ["x"], quota: [5], rate: [{}], mismatch: [true], onError: [1],
    limits: [
      { maxFileBytes: -1 }, { maxFileBytes: "1" }, { maxFileBytes: 2 ** 50 }, { maxBatch: 0 }, { maxBatch: 101 }, { urlLifetimeSeconds: 901 },
      { urlLifetimeSeconds: 0 }, { stateLifetimeSeconds: 59 }, { stateLifetimeSeconds: 31 * 86_400 }, { allowedTypes: [] }, { allowedTypes: "image/*" },
      { allowedTypes: ["image"] }, { allowedTypes: ["Image/*"] }, { allowedTypes: ["image/p*g"] }, { allowedTypes: ["im*"] },
    ],
  };
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      assert.throws(() => world({ [name]: value }), (error) => error instanceof TypeError && error.message.includes(name), `${name} ${JSON.stringify(value)}`);
    }
  }
  assert.throws(() => world({ store: "b2", checksums: true }), /checksums/);
  // A multibyte secret counts by its bytes.
  assert.ok(world({ secret: "é".repeat(16) }));
});

const signedHeaders = (url) => new URL(url).searchParams.get("X-Amz-SignedHeaders").split(";");
const all = ["content-length", "content-type", "host", "if-none-match", "x-amz-checksum-crc64nvme"];
const STORES = {
  s3: { put: all, part: true, complete: ["if-none-match", "x-amz-checksum-crc64nvme", "x-amz-checksum-type", "x-amz-mp-object-size"] },
  r2: { put: all, part: true, complete: ["if-none-match", "x-amz-checksum-crc64nvme", "x-amz-checksum-type"] },
  minio: { put: all, part: true, complete: ["if-none-match", "x-amz-checksum-crc64nvme", "x-amz-checksum-type"] },
  garage: { put: all.filter((name) => name !== "if-none-match"), part: true, complete: ["x-amz-checksum-crc64nvme", "x-amz-checksum-type"] },
  b2: { put: ["content-length", "content-type", "host"], part: false, complete: [] },
};
for (const [store, expected] of Object.entries(STORES)) {
  test(`the store ${store} gets the headers that it takes, and no others`, async () => {
    const { result } = await world({ store }).create();
    assert.deepEqual(signedHeaders(result.plan.put.url), expected.put);
    const sent = Object.keys(result.plan.put.headers);
    assert.deepEqual([...sent, "content-length", "host"].sort(), expected.put, "headers that are signed are sent");
    const at = await underWay({ store });
    const { body } = await at.send("POST", `/${ID}/parts`, { parts: [{ number: 1, crc64nvme: CRC }], state: at.state });
    assert.deepEqual(signedHeaders(body.grants[0].url).includes("x-amz-checksum-crc64nvme"), expected.part);
    assert.deepEqual(Object.keys(body.grants[0].headers), expected.part ? ["x-amz-checksum-crc64nvme"] : []);
    at.fill();
    assert.equal((await at.send("POST", `/${ID}/complete`, { crc64nvme: CRC, state: at.state })).status, 200);
    const [completed, begun, head] = ["complete", "begin", "head"].map((name) => at.bucket.calls.findLast(({ operation }) => operation === name));
    const interesting = (headers) => Object.keys(headers).filter((name) => /^if-|^x-amz-(checksum|mp|sdk-checksum)/.test(name)).sort();
    assert.deepEqual(interesting(completed.headers), expected.complete);
    assert.deepEqual(interesting(begun.headers), expected.part ? ["x-amz-checksum-algorithm", "x-amz-checksum-type"] : []);
    assert.deepEqual(interesting(head.headers), expected.part ? ["x-amz-checksum-mode"] : []);
    assert.equal(at.stored[0].verified, expected.part);
  });
}

test("parts are equal but for the last, at every size", async () => {
  for (const size of [16 * MIB + 1, 100 * MIB, 1024 * MIB - 1, 4_999 * MIB]) {
    const { result } = await underWay({}, { size });
    const { partSize, partCount } = result.plan;
    assert.ok(partSize % MIB === 0 && partCount === Math.ceil(size / partSize) && partCount <= 10_000, `${size}`);
  }
});

test("where nothing keeps an object from being overwritten a key must hold the upload's id", async () => {
  for (const store of ["garage", "b2"]) {
    const at = world({ store, key: (item, user) => `${user.id}/${item.name}` });
    const { status, body } = await at.create();
    assert.equal(status, 500);
    assert.match(body.error.message, /item\.id.*overwritten/);
    assert.match(at.errors[0].message, /item\.id/);
  }
  for (const store of ["s3", "r2", "minio"]) assert.equal((await world({ store, key: () => "avatar" }).create()).status, 201);
});

test("a key without the upload's id never shares a multipart upload", async () => {
  const at = await underWay({ key: () => "avatar" });
  await at.create({ size: 20 * MIB, crc64nvme: undefined });
  assert.equal(at.bucket.multiparts.size, 2);
});

test("a key that storage does not take is a mistake that is told", async () => {
  for (const key of ["", "k".repeat(1025), "é".repeat(513), "\ud800", undefined, 5]) {
    const at = world({ key: () => key });
    const { status, body } = await at.create();
    assert.deepEqual([status, /1 to 1024 bytes/.test(body.error.message), at.errors.length], [500, true, 1]);
  }
  assert.equal((await world({ key: ({ id }) => `é/${id}`.padEnd(1000, "k") }).create()).status, 201);
});

test("a key that no browser can send to is a mistake that is told", async () => {
  for (const key of [".", "../x", "a/../b", "a/./b", "a/.."]) {
    const at = world({ key: () => key });
    const { status, body } = await at.create();
    assert.deepEqual([status, /without `\.` or `\.\.`/.test(body.error.message), at.errors.length], [500, true, 1], key);
  }
  for (const key of [".a/..b", "a../b.", "...", "a//b"]) assert.equal((await world({ key: () => key }).create()).status, 201, key);
});

test("without checksums none is signed or asked for", async () => {
  const { result } = await world({ checksums: false }).create();
  assert.deepEqual(Object.keys(result.plan.put.headers), ["content-type", "if-none-match"]);
});

test("the application's own client stays as it is", async () => {
  const at = world();
  const before = at.client.config.requestChecksumCalculation;
  await at.create();
  assert.equal(at.client.config.requestChecksumCalculation, before);
  assert.equal(await before(), "WHEN_SUPPORTED");
  assert.ok(at.client instanceof S3Client);
});

test("URLs live as long as was set", async () => {
  const { result } = await world({ limits: { urlLifetimeSeconds: 60 } }).create();
  assert.equal(result.plan.put.expiresInMs, 60_000);
  assert.equal(new URL(result.plan.put.url).searchParams.get("X-Amz-Expires"), "60");
});
