// Hostile requests, by the rows of the project's list of abuses that a server without a table can have.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CRC, ID, MIB, OTHER, item, root, underWay, world } from "./support.mjs";

/** What the route refuses, and that storage was not asked. */
async function refusals(cases, call) {
  const at = world();
  for (const [given, status, code] of cases) {
    const answer = await call(at, given);
    assert.deepEqual([answer.status, answer.code], [status, code], `${JSON.stringify(given)?.slice(0, 120)}: ${answer.text.slice(0, 200)}`);
    assert.ok(answer.body.error.message.length >= 10 && answer.body.error.requestId, answer.text);
  }
  assert.deepEqual(at.bucket.calls, []);
  assert.deepEqual(at.errors, []);
}
const create = (at, more) => at.send("POST", "", { uploads: [item(more)] });
const name = (text) => [{ name: text }, 400, "invalid_name"];

test("a20 bodies that are no JSON, of another type, nested or too large", async () => {
  const deep = `{"uploads":${"[".repeat(10_000)}${"]".repeat(10_000)}}`;
  const cases = [
    ["x", 400], ["", 400], ["null", 400], ["[]", 400], ["\ufeff{}", 400], [deep, 400], ['{"uploads":[]', 400], ['{"uploads":5}', 400],
    [new Uint8Array([0x7b, 0xff, 0x7d]), 400],
  ];
  await refusals(cases.map(([body, status]) => [body, status, "invalid_json"]), (at, body) => at.send("POST", "", body));
  await refusals([[" ".repeat(11 * MIB), 413, "body_too_large"]], (at, body) => at.send("POST", "", body));
  const types = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json5", null];
  await refusals(types.map((type) => [type, 415, "unsupported_media_type"]), (at, type) => at.send("POST", "", "{}", { "content-type": type }));
  const { status } = await world().send("POST", "", { uploads: [item()] }, { "content-type": "Application/JSON; charset=utf-8" });
  assert.equal(status, 201);
});

test("a20 texts that are made to take hours end at once", { timeout: 30_000 }, async () => {
  const quotes = `{"uploads":"${'\\"'.repeat(500_000)}`;
  const fields = `{${Array.from({ length: 80_000 }, (_, index) => `"k${index}":0`).join()}}`;
  await refusals([[quotes, 400, "invalid_json"], ["[".repeat(1_000_000), 400, "invalid_json"], [fields, 400, "unknown_field"]], (at, body) => at.send("POST", "", body));
  const marks = "a" + "\u0327\u0301\u0316".repeat(100_000);
  await refusals([name("x".repeat(1_000_000)), name(marks), [{ name: '"'.repeat(400_000) }, 400, "invalid_name"], [{ path: marks }, 400, "invalid_path"]], create);
});

test("h12 an object with a name twice is no JSON, however it is written", async () => {
  const one = JSON.stringify(item());
  const bodies = [
    `{"uploads":[${one}],"uploads":[${one}]}`,
    `{"uploads":[${one.replace("{", '{"size":1,')}]}`,
    `{"uploads":[${one.replace("{", '{"\\u0073ize":1,')}]}`,
    `{"uploads":[${one.replace("{", '{"metadata":{"a":"1","a":"2"},')}]}`,
  ];
  await refusals(bodies.map((body) => [body, 400, "invalid_json"]), (at, body) => at.send("POST", "", body));
  // Equal texts that are no names, and equal names of two objects.
  const fine = { uploads: [item({ name: 'a":,{}[]', metadata: { a: "a", b: "a" } }), item({ id: OTHER })] };
  assert.equal((await world().send("POST", "", fine)).status, 201);
});

test("a21 fields that the contract does not name", async () => {
  const fields = ["key", "bucket", "acl", "owner", "prefix", "Size", "__proto__", "constructor"];
  const body = (field) => `{"uploads":[${JSON.stringify(item()).replace("{", `{"${field}":"x",`)}]}`;
  await refusals(fields.map((field) => [field, 400, "unknown_field"]), (at, field) => at.send("POST", "", body(field)));
  await refusals([[{ uploads: [item()], bucket: "x" }, 400, "unknown_field"]], (at, body) => at.send("POST", "", body));
  const parts = [{ parts: [{ number: 1, key: "x" }] }, { parts: [{ number: 1 }], uploadId: "x" }];
  await refusals(parts.map((body) => [body, 400, "unknown_field"]), (at, body) => at.send("POST", `/${ID}/parts`, body));
  await refusals([[{ key: "x" }, 400, "unknown_field"]], (at, body) => at.send("POST", `/${ID}/complete`, body));
});

test("a22 sizes", async () => {
  const wrong = [undefined, null, -1, 1.5, "10", 2 ** 53, 2 ** 64, true, [9], {}];
  await refusals(wrong.map((size) => [{ size }, 400, "invalid_size"]), create);
  await refusals([["NaN", 400, "invalid_json"]], (at) => at.send("POST", "", '{"uploads":[{"size":NaN}]}'));
  await refusals([[{ size: 5 * 1024 ** 3 + 1 }, 413, "too_large"], [{ size: Number.MAX_SAFE_INTEGER }, 413, "too_large"]], create);
  assert.equal((await create(world(), { size: 0 })).status, 201);
  assert.equal((await create(world({ limits: { maxFileBytes: 8 } }), {})).code, "too_large");
});

test("a23 names that are empty or too long", async () => {
  const cases = [name(""), name(undefined), name(null), name(5), name(["a"]), name("a".repeat(256)), name("é".repeat(256)), name("\u{1f600}".repeat(256))];
  await refusals(cases, create);
  for (const good of ["a".repeat(255), "\u{1f600}".repeat(255), "e\u0301".repeat(255)]) assert.equal((await create(world(), { name: good })).status, 201);
});

test("a24 names that are paths never meet a key that is made of ids", async () => {
  for (const text of ["../../etc/passwd", "..\\", "%2e%2e%2f", "/abs", "C:\\x", "//", "a/../../b"]) {
    const { status, body } = await create(world(), { name: text });
    assert.equal(status, 201);
    assert.equal(body.uploads[0].key, `u/ann/${ID}`);
    assert.equal(new URL(body.uploads[0].plan.put.url).pathname, `/films/u/ann/${ID}`);
  }
});

test("a25 controls, surrogates and noncharacters are refused; marks that hide or reorder are dropped", async () => {
  const bad = ["\0", "\r\n", "\x1f", "\x7f", "\x85", "\ud800", "\udc00", "\uffff", "\ufdd0", "\u{1ffff}", "\u2028", "\u2029"];
  await refusals(bad.map((mark) => name(`a${mark}.txt`)), create);
  const seen = async (text) => {
    let found;
    await create(world({ key: (item) => ((found = item.name), item.id) }), { name: text });
    return found;
  };
  for (const mark of ["\u202e", "\u2066", "\u2069", "\u200b", "\ufeff"]) assert.equal(await seen(`a${mark}b.txt`), "ab.txt");
  // Marks of a script stay, and nothing to see becomes something.
  assert.equal(await seen("\u200fא\u200d.txt"), "\u200fא\u200d.txt");
  assert.equal(await seen("\u200b\u2060.png"), "file.png");
});

test("a26 twins of Unicode are one name, counted after", async () => {
  const names = [];
  const at = world({ key: (item) => (names.push(item.name), item.id) });
  for (const text of ["e\u0301.txt", "\u00e9.txt", "\u{1f468}\u200d\u{1f469}.txt"]) assert.equal((await create(at, { name: text })).status, 201);
  assert.deepEqual(names, ["\u00e9.txt", "\u00e9.txt", "\u{1f468}\u200d\u{1f469}.txt"]);
});

test("a27 names that only one system minds are names", async () => {
  for (const text of ["a.jpg.exe", ".htaccess", "a.php%00.webm", "a. ", "CON", "aux.webm", "-rf"]) {
    const { status, body } = await create(world(), { name: text });
    assert.deepEqual([status, body.uploads[0].key], [201, `u/ann/${ID}`]);
  }
});

test("a28 types that a browser runs are refused, even if listed", async () => {
  const open = { limits: { allowedTypes: ["*/*", "text/html", "image/svg+xml"] } };
  const corpus = JSON.parse(readFileSync(join(root, "contract/tests/refused_types.json"), "utf8"));
  assert.ok(corpus.refused.length > 60 && corpus.taken.length > 20);
  for (const type of corpus.refused) assert.equal((await create(world(open), { type })).code, "type_not_allowed", type);
  for (const type of corpus.taken) assert.equal((await create(world(open), { type })).status, 201, type);
  for (const type of ["application/pdf", "text/css", "font/woff2"]) assert.equal((await create(world(), { type })).code, "type_not_allowed", type);
  const listed = { limits: { allowedTypes: ["application/vnd.ms-*", "font/*"] } };
  for (const [type, status] of [["application/vnd.ms-excel", 201], ["font/woff2", 201], ["image/png", 400], ["application/vnd.x", 400]]) {
    assert.equal((await create(world(listed), { type })).status, status, type);
  }
});

test("a29 texts that are no type", async () => {
  const wrong = ["video/webm\r\nx-amz-acl: public-read", 'video/webm;charset=x"', `video/${"x".repeat(1024)}`, "Video/WebM", "video/webm, text/html", "video", "", "/", "*/*", null, 5];
  await refusals(wrong.map((type) => [{ type }, 400, "invalid_type"]), create);
});

test("a31 metadata", async () => {
  const texts = (count, length = 1) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, "v".repeat(length)]));
  const wrong = [5, [], "x", { a: 1 }, { a: null }, { a: "x\r\ny" }, { "a\n": "x" }, { "": "x" }, { "\u200b": "x" }, { ["k".repeat(65)]: "x" }, texts(33), texts(2, 1024), { a: "\ud800" }];
  await refusals(wrong.map((metadata) => [{ metadata }, 400, "invalid_metadata"]), create);
  await refusals([['{"a":"1","a\u200b":"2"}', 400, "invalid_metadata"]], (at, text) => at.send("POST", "", `{"uploads":[${JSON.stringify(item()).replace("{", `{"metadata":${text},`)}]}`));
  let seen;
  const at = world({ key: (item) => ((seen = item.metadata), item.id) });
  await at.send("POST", "", `{"uploads":[${JSON.stringify(item()).replace("{", '{"metadata":{"__proto__":"x","é":"여름 😀"},')}]}`);
  assert.deepEqual(Object.entries(seen), [["__proto__", "x"], ["é", "여름 😀"]]);
});

test("a32 checksums", async () => {
  const wrong = ["", "x", "AAAAAAAAAAA", "AAAAAAAAAAB=", "AAAAAAAAAA==", "AAAAAAAAAAAA", "rosUhgp5mIg=\n", "rosUhgp5mI-=", 5, {}];
  await refusals(wrong.map((crc64nvme) => [{ crc64nvme }, 400, "invalid_checksum"]), create);
  await refusals(wrong.map((crc64nvme) => [{ crc64nvme }, 400, "invalid_checksum"]), (at, body) => at.send("POST", `/${ID}/complete`, body));
  await refusals(wrong.map((crc64nvme) => [{ parts: [{ number: 1, crc64nvme }] }, 400, "invalid_checksum"]), (at, body) => at.send("POST", `/${ID}/parts`, body));
});

test("a33 parts and batches that cannot be", async () => {
  const numbers = [0, -1, 10_001, 1.5, "1", null, undefined];
  await refusals(numbers.map((number) => [[{ number }], 400, "invalid_part"]), (at, parts) => at.send("POST", `/${ID}/parts`, { parts }));
  await refusals([[[{ number: 1 }, { number: 1 }], 400, "invalid_part"], [[], 400, "invalid_batch"], [Array.from({ length: 101 }, (_, index) => ({ number: index + 1 })), 400, "invalid_batch"]], (at, parts) =>
    at.send("POST", `/${ID}/parts`, { parts }),
  );
  await refusals([[[], 400, "invalid_batch"], [[item(), item()], 400, "invalid_batch"], [Array(101).fill(item()), 400, "invalid_batch"]], (at, uploads) => at.send("POST", "", { uploads }));
  assert.equal((await world({ limits: { maxBatch: 1 } }).send("POST", "", { uploads: [item(), item({ id: OTHER })] })).code, "invalid_batch");
  // Outside the plan, of three parts; and a single PUT has none.
  const { send, state } = await underWay();
  assert.equal((await send("POST", `/${ID}/parts`, { parts: [{ number: 4 }], state })).code, "invalid_part");
  const at = world();
  const single = await at.create();
  assert.equal((await at.send("POST", `/${ID}/parts`, { parts: [{ number: 1 }], state: single.result.state })).code, "invalid_part");
});

test("folders are relative and clean", async () => {
  const wrong = ["..", "a/../b", "..\\a", "a/..\u200b", "a/.. /b", "a\n", "\ud800", "\uffff", "é".repeat(351), 5, {}, []];
  await refusals(wrong.map((path) => [{ path }, 400, "invalid_path"]), create);
  const seen = [];
  const at = world({ key: ({ path, id }) => (seen.push(path), id) });
  const cleaned = {
    "photos/2026": "photos/2026", "/a/": "a", "a//b": "a/b", "./a/.": "a", "a\\b": "a/b", "C:\\x": "C:/x", "a/ /b": "a/folder/b", "a\u202eb/c": "ab/c",
    "e\u0301": "\u00e9", ["é".repeat(350)]: "é".repeat(350), "..a/b..": "..a/b..", "": undefined, ".": undefined, "\u200b": undefined, "/": undefined,
  };
  for (const path of [...Object.keys(cleaned), null, undefined]) assert.equal((await create(at, { path })).status, 201, path);
  assert.deepEqual(seen, [...Object.values(cleaned), undefined, undefined]);
});

test("a66 a67 parts in storage that are not the plan's are never completed", async () => {
  const { send, bucket, state, uploadId, fill } = await underWay();
  const complete = () => send("POST", `/${ID}/complete`, { crc64nvme: CRC, state });
  const wrong = [
    () => bucket.multiparts.get(uploadId).parts.delete(2),
    () => bucket.part(uploadId, 3, 4 * MIB - 1),
    () => bucket.part(uploadId, 1, 8 * MIB + 1),
    () => bucket.part(uploadId, 4, 1),
    () => bucket.multiparts.get(uploadId).parts.clear(),
  ];
  for (const spoil of wrong) {
    fill();
    bucket.multiparts.get(uploadId).parts.delete(4);
    spoil();
    const answer = await complete();
    assert.deepEqual([answer.status, answer.code], [409, "parts_mismatch"]);
  }
  assert.equal(bucket.calls.filter(({ operation }) => operation === "complete").length, 0);
  // Whoever asks cannot name parts or tags either.
  for (const more of [{ parts: [] }, { etag: "</ETag>" }]) assert.equal((await send("POST", `/${ID}/complete`, { state, ...more })).code, "unknown_field");
  // Another object under the key is not taken for this file.
  bucket.multiparts.clear();
  bucket.put(`u/ann/${ID}`, 20 * MIB - 1, CRC);
  assert.equal((await complete()).code, "size_mismatch");
  bucket.put(`u/ann/${ID}`, 20 * MIB, "AAAAAAAAAAA=");
  assert.equal((await complete()).code, "checksum_mismatch");
});

test("h2 an object with a content encoding is not taken for the file", async () => {
  const at = world();
  const { result } = await at.create();
  at.bucket.put(result.key, 9, CRC, { "content-encoding": "gzip" });
  const answer = await at.send("POST", `/${ID}/complete`, { state: result.state });
  assert.deepEqual([answer.status, answer.code, at.stored], [409, "content_encoding", []]);
});

test("a68 fifty completions at once are one object, and all answers are the same", async () => {
  const { send, bucket, state, fill } = await underWay();
  fill();
  const answers = await Promise.all(Array.from({ length: 50 }, () => send("POST", `/${ID}/complete`, { crc64nvme: CRC, state })));
  assert.deepEqual([...new Set(answers.map(({ status, text }) => `${status} ${text}`))].length, 1, answers[0].text);
  assert.deepEqual([answers[0].status, bucket.objects.size], [200, 1]);
});

test("a69 a70 other methods, other paths and other ids", async () => {
  const { send } = world();
  for (const method of ["PUT", "PATCH", "HEAD"]) assert.equal((await send(method, "").catch(() => ({ status: 405 }))).status, 405, method);
  assert.equal((await send("GET", `/${ID}/complete`)).code, "method_not_allowed");
  const ids = ["0", ID.toLowerCase(), `8${ID.slice(1)}`, `${ID}0`, ID.slice(1), "f47ac10b-58cc-4372-a567-0e02b2c3d479", `${ID}%00`, `${ID.slice(0, 25)}U`, "%2e%2e", `${ID}/`];
  for (const id of ids) assert.equal((await send("POST", `/${id}/complete`, {})).code, "not_found", id);
  const wrong = [ID.toLowerCase(), `8${ID.slice(1)}`, 5, null, ""];
  for (const id of wrong) assert.equal((await send("POST", "", { uploads: [item({ id })] })).code, "invalid_id", String(id));
});

test("a84 a91 a name reaches no header of an answer or of a URL, and no line of a log", async () => {
  const lines = [];
  const { error } = console;
  console.error = (line) => lines.push(line);
  try {
    const hostile = 'x"; filename="evil.html';
    const at = world({ onError: undefined, key: () => Promise.reject(Object.assign(new Error("X-Amz-Signature=1"), { name: 'E\n{"level":"error"}' })) });
    assert.equal((await create(at, { name: hostile })).status, 500);
    assert.equal(lines.length, 1);
    assert.equal(lines[0].split("\n").length, 1);
    assert.ok(!lines[0].includes("X-Amz-Signature") && !lines[0].includes("evil"), lines[0]);
    const { text, headers } = await create(world(), { name: hostile });
    assert.ok(!text.includes("evil") && ![...headers.values()].join().includes("evil"));
  } finally {
    console.error = error;
  }
});

test("a53 no refusal and no error of the handler holds a URL, a state or a secret", async () => {
  const at = await underWay();
  const secret = (text) => /X-Amz-|AWSAccessKey|wJalr|thirty-two/.test(text) || text.includes(at.state) || text.includes(at.uploadId);
  const texts = [];
  at.bucket.faults.push(() => ({ status: 403, body: `<Error><Code>AccessDenied</Code><Message>https://x?X-Amz-Signature=1</Message></Error>` }));
  for (const [method, path, body] of [["POST", `/${ID}/complete`, { state: at.state }], ["GET", `/${ID}/parts`], ["DELETE", `/${ID}`]]) {
    texts.push((await at.send(method, path, body, { "crowfly-state": at.state })).text);
    texts.push((await at.send(method, path, body, { "crowfly-state": at.state, "x-user": "bob" })).text);
  }
  assert.equal(texts.length, 6);
  for (const text of texts) assert.ok(!secret(text), text);
  assert.throws(() => world({ secret: "thirty-two too short" }), (error) => !secret(error.message));
});

test("public objects are refused, and so is another visibility", async () => {
  await refusals([[{ visibility: "public" }, 400, "public_not_allowed"], [{ visibility: "x" }, 400, "invalid_visibility"], [{ visibility: 5 }, 400, "invalid_visibility"]], create);
  assert.equal((await create(world(), { visibility: "private" })).status, 201);
});

test("nobody is let in without a user, and a user without an id is a mistake that is told", async () => {
  await refusals([[null, 401, "unauthenticated"]], (at, user) => at.send("POST", "", { uploads: [item()] }, { "x-user": user }));
  for (const user of [{}, { id: "" }, { id: 5 }, { id: "x".repeat(1025) }]) {
    const at = world({ authorize: () => user });
    const answer = await at.create();
    assert.deepEqual([answer.status, answer.code, at.errors.length], [500, "internal", 1]);
    assert.match(answer.body.error.message, /authorize/);
  }
  const at = world({ authorize: async (request) => (await request.text(), { id: "ann" }) });
  assert.match((await at.create()).body.error.message, /must not read it/);
});

test("h9 functions that throw anything at all end in one answer", async () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const getter = { get name() { throw new Error("name"); }, get $metadata() { throw new Error("metadata"); } };
  for (const thrown of [undefined, null, 5, "text", Symbol("s"), proxy, getter, new Error("x"), { status: 200, code: "ok" }]) {
    for (const hook of ["authorize", "key", "quota", "rate", "mismatch", "onStored"]) {
      for (const fail of [() => { throw thrown; }, () => Promise.reject(thrown)]) {
        const at = world({ [hook]: fail, onError: () => { throw thrown; } });
        at.bucket.put(`u/ann/${ID}`, 9, CRC);
        const created = await at.create();
        const { status, code } = hook === "onStored" ? await at.send("POST", `/${ID}/complete`, { state: created.result.state }) : created;
        assert.deepEqual([status, code], [500, "internal"], `${hook} ${typeof thrown}`);
      }
    }
  }
  const late = world({ key: () => Promise.reject(new Error("x")), onError: () => Promise.reject(new Error("y")) });
  assert.equal((await late.create()).status, 500);
});
