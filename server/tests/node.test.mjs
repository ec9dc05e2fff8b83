// The handler behind Node's server, and behind what frameworks make of its requests.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { ID, MIB, item, toNode, world } from "./support.mjs";

/** A server on loopback, and how to call it. */
async function serve(t, listener) {
  const server = createServer(listener);
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  t.after(() => (server.closeAllConnections(), server.close()));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return (method, path, body, headers = {}) =>
    fetch(`${origin}${path}`, { method, body, duplex: "half", headers: { "x-user": "ann", origin, ...(body !== undefined && { "content-type": "application/json" }), ...headers } });
}
const body = JSON.stringify({ uploads: [item()] });

async function works(call, base) {
  const created = await call("POST", `${base}/uploads`, body);
  assert.equal(created.status, 201);
  const { uploads: [{ state }] } = await created.json();
  const done = await call("POST", `${base}/uploads/${ID}/complete`, JSON.stringify({ state }));
  assert.equal((await done.json()).error.code, "not_stored");
  const cancelled = await call("DELETE", `${base}/uploads/${ID}`, undefined, { "crowfly-state": state });
  assert.deepEqual([cancelled.status, await cancelled.text()], [204, ""]);
  assert.equal((await call("GET", `${base}/uploads`)).status, 501);
  const foreign = await call("POST", `${base}/uploads`, body, { origin: "https://evil.example" });
  assert.equal(foreign.status, 403);
}

test("node:http", async (t) => works(await serve(t, toNode(world().handler)), "/api/uploads"));

/** As Express mounts it: the address is cut, and kept beside. */
const express = (handler, parse) => async (request, response) => {
  request.originalUrl = request.url;
  request.url = request.url.replace("/api/uploads", "");
  await parse?.(request);
  toNode(handler)(request, response);
};
async function parsed(request) {
  const text = Buffer.concat(await Array.fromAsync(request)).toString();
  request.body = text ? JSON.parse(text) : {};
}
if (!Array.fromAsync) {
  Array.fromAsync = async (all) => {
    const found = [];
    for await (const one of all) found.push(one);
    return found;
  };
}

test("Express, before and after a body parser", async (t) => {
  await works(await serve(t, express(world().handler)), "/api/uploads");
  await works(await serve(t, express(world().handler, parsed)), "/api/uploads");
  // A parser of another type leaves an empty object, and the body unread.
  await works(await serve(t, express(world().handler, (request) => void (request.body = {}))), "/api/uploads");
  const raw = async (request) => void (request.body = Buffer.concat(await Array.fromAsync(request)));
  await works(await serve(t, express(world().handler, raw)), "/api/uploads");
});

test("Fastify, by its own request and reply", async (t) => {
  let hijacked = 0;
  const fastify = (handler) => async (raw, out) => {
    if (raw.headers["content-type"] === "application/json") await parsed(raw);
    const [body, request] = [raw.body, { raw, headers: raw.headers }];
    delete raw.body;
    toNode(handler)({ ...request, body }, { raw: out, hijack: () => void (hijacked += 1) });
  };
  await works(await serve(t, fastify(world().handler)), "/api/uploads");
  assert.ok(hijacked >= 5);
});

test("a20 a body without an end is not read to its end", async (t) => {
  const call = await serve(t, toNode(world().handler));
  const pieces = function* () {
    for (let sent = 0; sent < 64; sent += 1) yield new Uint8Array(MIB / 4).fill(0x20);
  };
  const endless = await call("POST", "/uploads", ReadableStream.from(pieces())).catch((error) => error);
  assert.ok(endless instanceof Error || endless.status === 413, `${endless.status}`);
  for (const length of [MIB + 1, 32 * MIB]) assert.equal((await call("POST", "/uploads", " ".repeat(length))).status, 413);
});

test("requests that are no addresses are answered and end", async (t) => {
  const call = await serve(t, (request, response) => {
    request.headers.host = "a b";
    toNode(world().handler)(request, response);
  });
  assert.equal((await call("GET", "/uploads")).status, 400);
});
