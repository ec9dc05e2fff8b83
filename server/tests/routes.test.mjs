// The routes: shapes of the contract, whatever is before them, and what a repeated call gives.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CRC, ID, MIB, ORIGIN, OTHER, golden, item, s3Error, shapeOf, underWay, world } from "./support.mjs";

test("a single PUT is created, signed and confirmed in the contract's shapes", async () => {
  const { create, send, bucket, stored } = world();
  const { status, body, result } = await create();
  assert.equal(status, 201);
  assert.deepEqual(shapeOf(body), shapeOf(golden("create_response_state")));
  assert.deepEqual(result.plan.put.headers, { "content-type": "text/plain", "if-none-match": "*", "x-amz-checksum-crc64nvme": CRC });
  assert.deepEqual([result.id, result.key, result.confirm, result.plan.put.expiresInMs], [ID, `u/ann/${ID}`, true, 300_000]);
  assert.deepEqual(bucket.calls, [], "a single PUT needs no call of storage");

  const early = await send("POST", `/${ID}/complete`, { state: result.state });
  assert.deepEqual([early.status, early.code], [409, "not_stored"]);
  bucket.put(result.key, 9, CRC);
  const done = await send("POST", `/${ID}/complete`, { crc64nvme: CRC, state: result.state });
  assert.equal(done.status, 200);
  const { versionId: _, ...unversioned } = golden("stored");
  assert.deepEqual(shapeOf(done.body), shapeOf(unversioned));
  assert.deepEqual(stored, [
    { id: ID, key: result.key, size: 9, crc64nvme: CRC, etag: "9bb58f26192e4ba00f01e2e7b136bbd8", type: "text/plain", verified: true, user: "ann" },
  ]);
});

test("a multipart upload is created, signed, listed and completed in the contract's shapes", async () => {
  const { send, bucket, result, state, uploadId, fill, stored } = await underWay();
  const { confirm, state: given, ...plain } = result;
  assert.deepEqual(shapeOf({ uploads: [plain] }), shapeOf(golden("create_response_multipart")));
  assert.deepEqual([confirm, typeof given, result.plan], [true, "string", { kind: "multipart", partSize: 8 * MIB, partCount: 3 }]);
  const [begun] = bucket.calls.filter(({ operation }) => operation === "begin");
  assert.deepEqual(
    ["content-type", "x-amz-checksum-algorithm", "x-amz-checksum-type"].map((name) => begun.headers[name]),
    ["text/plain", "CRC64NVME", "FULL_OBJECT"],
  );

  const signed = await send("POST", `/${ID}/parts`, { parts: [{ number: 1, crc64nvme: CRC }, { number: 3 }], state });
  assert.deepEqual(shapeOf(signed.body), shapeOf({ grants: golden("sign_parts_response").grants }));
  assert.deepEqual(signed.body.grants.map(({ number, headers }) => [number, headers]), [[1, { "x-amz-checksum-crc64nvme": CRC }], [3, {}]]);
  const query = new URL(signed.body.grants[1].url).searchParams;
  assert.deepEqual([query.get("partNumber"), query.get("uploadId"), query.get("X-Amz-SignedHeaders")], ["3", uploadId, "content-length;host"]);

  fill();
  bucket.part(uploadId, 3, 4 * MIB);
  const listed = await send("GET", `/${ID}/parts`, undefined, { "crowfly-state": state });
  assert.deepEqual(shapeOf(listed.body), shapeOf(golden("list_parts_response")));
  assert.deepEqual(listed.body.parts.map(({ number, crc64nvme, etag }) => [number, crc64nvme ?? etag]), [[1, CRC], [2, CRC], [3, "e3"]]);

  const done = await send("POST", `/${ID}/complete`, { crc64nvme: CRC, state });
  assert.equal(done.status, 200);
  const completed = bucket.calls.find(({ operation }) => operation === "complete");
  assert.deepEqual(
    ["if-none-match", "x-amz-mp-object-size", "x-amz-checksum-crc64nvme", "x-amz-checksum-type"].map((name) => completed.headers[name]),
    ["*", `${20 * MIB}`, CRC, "FULL_OBJECT"],
  );
  assert.equal(stored[0].verified, true);
});

test("the first parts are signed along with a multipart upload, as a sign call signs them", async () => {
  const { create, send, bucket } = world();
  const asked = { size: 20 * MIB, crc64nvme: undefined, partSize: 8 * MIB, parts: [{ number: 1, crc64nvme: CRC }, { number: 2 }] };
  const { status, result } = await create(asked);
  const { confirm, state, ...plain } = result;
  const [first, second] = result.grants;
  assert.deepEqual([status, confirm, typeof state], [201, true, "string"]);
  assert.deepEqual(shapeOf({ uploads: [{ ...plain, grants: [first] }] }), shapeOf(golden("create_response_grants")));
  const signed = await send("POST", `/${ID}/parts`, { parts: asked.parts, state });
  const shown = ({ number, url, headers }) => [number, headers, new URL(url).pathname, new URL(url).searchParams.get("uploadId"), new URL(url).searchParams.get("X-Amz-SignedHeaders")];
  assert.deepEqual(signed.body.grants.map(shown), [first, second].map(shown));

  // Another page has hashed others by then: it is the same upload all the same.
  for (const [more, numbers] of [[{ parts: [{ number: 1 }] }, [1]], [{ parts: [1, 2, 3, 4, 5, 6].map((number) => ({ number })) }, [1, 2, 3]], [{ parts: undefined, partSize: undefined }, undefined], [{ partSize: 5 * MIB }, undefined], [{ partSize: null, parts: null }, undefined]]) {
    const again = await create({ ...asked, ...more, state });
    assert.deepEqual([again.status, again.result.grants?.map(({ number }) => number)], [200, numbers]);
    assert.deepEqual(again.result.plan, result.plan);
  }
  assert.equal(bucket.multiparts.size, 1);
  const small = await create({ ...asked, id: OTHER, size: 9, crc64nvme: CRC });
  assert.deepEqual([small.status, small.result.plan.kind, small.result.grants], [201, "single", undefined]);
});

test("a36 parts that are signed along are paid for as in a sign call", async () => {
  const costs = [];
  const { create } = world({ rate: (_user, cost) => void costs.push(cost) });
  await create({ size: 20 * MIB, crc64nvme: undefined, partSize: 8 * MIB, parts: [{ number: 1 }, { number: 2 }] });
  await create({ id: OTHER });
  assert.deepEqual(costs, [3, 1]);
});

test("a33 first parts that are not numbered from 1 without a gap are refused", async () => {
  const { create } = world();
  const seven = [1, 2, 3, 4, 5, 6, 7].map((number) => ({ number }));
  for (const parts of [seven, [{ number: 2 }], [{ number: 1 }, { number: 1 }], [{ number: 1, x: 1 }], [{ number: 1, crc64nvme: "x" }], [1], [null], [[]], {}, "x"]) {
    const { status, code } = await create({ size: 20 * MIB, partSize: 8 * MIB, parts });
    assert.deepEqual([status, code], [400, "invalid_part"], JSON.stringify(parts));
  }
  assert.deepEqual((await create({ size: 20 * MIB, partSize: -1 })).code, "invalid_part");
});

test("an error is a Problem of the contract's shape", async () => {
  const { send } = world();
  const refused = await send("POST", "", { uploads: [item({ size: 2 ** 50 })] });
  assert.deepEqual(shapeOf(refused.body), shapeOf(golden("problem")));
  const batch = await send("POST", "", { uploads: [item(), item({ id: OTHER, size: 2 ** 50 })] });
  assert.equal(batch.status, 207);
  assert.deepEqual(shapeOf(batch.body.uploads[1]), shapeOf(golden("create_response").uploads[1]));
  const same = await send("POST", "", { uploads: [item({ size: 2 ** 50 }), item({ id: OTHER, size: 2 ** 50 })] });
  assert.equal(same.status, 413);
});

test("a create call is repeatable, with and without the state", async () => {
  const { create, send, bucket, result, state, uploadId } = await underWay();
  const asked = { size: 20 * MIB, crc64nvme: undefined };
  const again = await create({ ...asked, state });
  assert.deepEqual([again.status, again.result], [200, result]);
  const lost = await create(asked);
  assert.equal(lost.status, 201);
  assert.deepEqual([lost.result.key, lost.result.plan], [result.key, result.plan]);
  assert.equal(bucket.multiparts.size, 1, "a second multipart upload was begun");
  // Gone from storage, it begins again under the same id.
  bucket.multiparts.delete(uploadId);
  const parts = await send("GET", `/${ID}/parts`, undefined, { "crowfly-state": state });
  assert.deepEqual([parts.status, parts.code], [409, "multipart_gone"]);
  const anew = await create({ ...asked, state });
  assert.deepEqual([anew.status, anew.result.plan, anew.result.state === state], [200, result.plan, false]);
  // Stored meanwhile, it says so.
  bucket.multiparts.clear();
  bucket.put(result.key, 20 * MIB, CRC);
  assert.equal((await create({ ...asked, state })).code, "already_stored");
  assert.equal((await create(asked)).code, "conflict", "whose object it is cannot be known");
});

test("a33 a34 a repeated create call for another file is refused", async () => {
  const { create } = world();
  const { result } = await create({ metadata: { a: "b" } });
  const changes = [{ name: "b.txt" }, { size: 10 }, { type: "video/webm" }, { crc64nvme: "AAAAAAAAAAA=" }, { metadata: {} }, { path: "x" }];
  for (const change of changes) {
    const answer = await create({ metadata: { a: "b" }, ...change, state: result.state });
    assert.deepEqual([answer.status, answer.code], [409, "upload_mismatch"], JSON.stringify(change));
  }
  assert.equal((await create({ metadata: { a: "b" }, state: result.state })).status, 200);
});

test("routes that need records are unsupported at once, whoever asks", async () => {
  const { send } = world({ authorize: () => assert.fail("nobody is asked for") });
  const routes = [["POST", "/status", { ids: [ID] }], ["GET", ""], ["GET", "?limit=3"], ["GET", `/${ID}`], ["GET", `/${ID}/content`], ["DELETE", `/${ID}/content`]];
  for (const [method, path, body] of routes) {
    const { status, code } = await send(method, path, body);
    assert.deepEqual([status, code], [501, "unsupported"], `${method} ${path}`);
  }
});

test("a route is known by the end of its path, wherever the handler is mounted", async () => {
  const { handler } = world();
  const ask = (path, method = "POST") =>
    handler(new Request(`${ORIGIN}${path}`, { method, headers: { "x-user": "ann", "sec-fetch-site": "same-origin", "content-type": "application/json" }, body: method === "POST" ? "{}" : null }));
  for (const base of ["", "/api", "/api/uploads", "/deep/er/api"]) {
    assert.equal((await ask(`${base}/uploads`)).status, 400, base);
    assert.equal((await ask(`${base}/uploads/${ID}/parts`)).status, 400, base);
    assert.equal((await ask(`${base}/uploads/${ID}/complete`)).status, 404, base);
  }
  for (const path of ["/", "/api/upload", `/api/uploads/${ID}/other`, "/api/uploads/x"]) assert.equal((await ask(path)).status, 404, path);
});

test("DELETE aborts what is unfinished, may be repeated, and leaves what is stored", async () => {
  const { send, bucket, state, result } = await underWay();
  const cancel = () => send("DELETE", `/${ID}`, undefined, { "crowfly-state": state });
  for (let times = 0; times < 2; times += 1) assert.deepEqual([(await cancel()).status, bucket.multiparts.size], [204, 0]);
  bucket.put(result.key, 20 * MIB, CRC);
  assert.deepEqual([(await cancel()).code, bucket.objects.size], ["already_stored", 1]);
});

const outcomes = {
  "412: another call was first": { fault: () => s3Error(412, "PreconditionFailed"), there: true, status: 200 },
  "NoSuchUpload, and the object is there": { fault: () => s3Error(404, "NoSuchUpload"), there: true, status: 200 },
  "NoSuchKey, as Garage and Ceph say it": { fault: () => s3Error(404, "NoSuchKey"), there: true, status: 200 },
  "NoSuchUpload, and there is none": { fault: () => s3Error(404, "NoSuchUpload"), there: false, status: 409, code: "multipart_gone" },
  "200 with an error, and the object is there": { fault: () => s3Error(200, "InternalError"), there: true, status: 200 },
  "200 with an error, and there is none yet": { fault: () => s3Error(200, "InternalError"), there: false, status: 202 },
  "a lost answer, and the object is there": { fault: () => "lost", there: true, status: 200 },
  "a lost answer, and there is none yet": { fault: () => "lost", there: false, status: 202 },
  "409 of two at once": { fault: () => s3Error(409, "ConditionalRequestConflict"), there: false, status: 409, code: "multipart_gone" },
  "parts that changed meanwhile": { fault: () => s3Error(400, "InvalidPart"), there: false, status: 409, code: "parts_mismatch" },
  "another checksum": { fault: () => s3Error(400, "BadDigest"), there: false, status: 409, code: "checksum_mismatch" },
  "a refusal of storage": { fault: () => s3Error(403, "AccessDenied"), there: false, status: 500, code: "internal" },
};
for (const [name, { fault, there, status, code }] of Object.entries(outcomes)) {
  test(`HEAD settles a completion: ${name}`, async () => {
    const { send, bucket, state, result, fill } = await underWay();
    fill();
    bucket.faults.push((operation) => {
      if (operation !== "complete") return undefined;
      if (there) bucket.put(result.key, 20 * MIB, CRC);
      return fault();
    });
    const answer = await send("POST", `/${ID}/complete`, { crc64nvme: CRC, state });
    assert.deepEqual([answer.status, answer.code], [status, code], answer.text);
    if (status === 202) assert.deepEqual(shapeOf(answer.body), shapeOf(golden("completing")));
    bucket.faults.length = 0;
    if (there) assert.equal((await send("POST", `/${ID}/complete`, { crc64nvme: CRC, state })).status, 200, "it is not repeatable");
  });
}

test("an outage of storage is 503 with a pause, and is told to the application", async () => {
  const { send, bucket, state, errors } = await underWay();
  for (const fault of ["lost", s3Error(503, "SlowDown"), s3Error(500, "InternalError")]) {
    bucket.faults = [() => fault];
    const answer = await send("GET", `/${ID}/parts`, undefined, { "crowfly-state": state });
    assert.deepEqual([answer.status, answer.code, answer.headers.get("retry-after")], [503, "service_unavailable", "5"]);
    assert.deepEqual(shapeOf(answer.body), shapeOf(golden("problem_retry")));
  }
  assert.equal(errors.length, 3);
});

test("onStored that throws leaves the call to be repeated", async () => {
  let times = 0;
  const { create, send, bucket } = world({ onStored: () => ((times += 1) < 2 ? Promise.reject(new Error("database")) : undefined) });
  const { result } = await create();
  bucket.put(result.key, 9, CRC);
  const done = () => send("POST", `/${ID}/complete`, { crc64nvme: CRC, state: result.state });
  assert.deepEqual([(await done()).status, (await done()).status, times], [500, 200, 2]);
});

test("a36 a37 quota, rate and mismatch refuse with the contract's codes", async () => {
  const cases = [
    [{ quota: () => "quota_bytes" }, 403, "quota_bytes"],
    [{ quota: async () => "quota_open_uploads" }, 429, "quota_open_uploads"],
    [{ rate: (_user, cost) => cost * 1_500 }, 429, "rate_limited"],
    [{ mismatch: ({ id }) => id === ID }, 409, "upload_mismatch"],
    [{ quota: () => undefined, rate: () => 0, mismatch: () => false }, 201, undefined],
  ];
  for (const [hooks, status, code] of cases) {
    const answer = await world(hooks).create();
    assert.deepEqual([answer.status, answer.code], [status, code]);
  }
  const { body } = await world({ rate: () => 1_500.2 }).create();
  assert.equal(body.error.retryAfterMs, 1_501);
});
