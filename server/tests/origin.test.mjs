// Cookies go along with requests of other sites: what comes from one changes nothing, and is not readable there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CRC, ID, ORIGIN, item, underWay, world } from "./support.mjs";

const EVIL = "https://evil.example";
/** Of a page that the browser says nothing of but its origin. */
const from = (origin, more = {}) => ({ "sec-fetch-site": null, ...(origin && { origin }), ...more });

/** Each request that would change something, as such a page can send it. */
const changing = (state) => [
  ["POST", "", { uploads: [item()] }],
  ["POST", `/${ID}/parts`, { parts: [{ number: 1 }], state }],
  ["POST", `/${ID}/complete`, { state, crc64nvme: CRC }],
  ["DELETE", `/${ID}`, undefined, { "crowfly-state": state }],
];

test("a81 a form of another site, a text/plain fetch and a foreign DELETE do nothing", async () => {
  const asked = [];
  const at = await underWay({ authorize: (request) => (asked.push(request.url), { id: "ann" }) });
  at.fill();
  const [calls, users] = [at.bucket.calls.length, asked.length];
  const sites = [EVIL, "null", "https://app.example.com.evil.example", "https://evilapp.example.com", "http://app.example.com", "https://app.example.com:8443", null];
  for (const origin of sites) {
    for (const site of [null, "cross-site", "same-site", "none"]) {
      for (const [method, path, body, headers] of changing(at.state)) {
        const answer = await at.send(method, path, body, { ...from(origin), "sec-fetch-site": site, ...headers });
        assert.deepEqual([answer.status, answer.code], [403, "forbidden"], `${origin} ${site} ${method} ${path}`);
        assert.equal(answer.headers.get("access-control-allow-origin"), null);
      }
    }
  }
  // Even of the own origin only JSON counts, which no form can send.
  for (const type of ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"]) {
    for (const [method, path, body] of changing(at.state).slice(0, 3)) {
      assert.equal((await at.send(method, path, JSON.stringify(body), { "content-type": type })).status, 415, type);
    }
  }
  assert.deepEqual([at.bucket.calls.length, asked.length, at.bucket.multiparts.size], [calls, users, 1], "something was done or somebody asked for");
});

test("a request of the own origin passes, by Origin or by Sec-Fetch-Site", async () => {
  for (const headers of [from(ORIGIN), from(null, { "sec-fetch-site": "same-origin" }), from(EVIL, { "sec-fetch-site": "same-origin" })]) {
    assert.equal((await world().create({}, headers)).status, 201, JSON.stringify(headers));
  }
});

test("with origins listed only those pass, and they get CORS headers by name", async () => {
  const listed = { origins: ["https://one.example.com", "https://two.example.com:8443"] };
  for (const origin of listed.origins) {
    const { status, headers } = await world(listed).create({}, from(origin, { "sec-fetch-site": "cross-site" }));
    assert.equal(status, 201);
    assert.equal(headers.get("access-control-allow-origin"), origin);
    assert.equal(headers.get("access-control-allow-credentials"), "true");
    assert.equal(headers.get("vary"), "Origin");
  }
  for (const origin of [ORIGIN, EVIL, "https://two.example.com", null]) {
    const { status, headers } = await world(listed).create({}, from(origin));
    assert.deepEqual([status, headers.get("access-control-allow-origin"), headers.get("access-control-allow-credentials")], [403, null, null]);
  }
  // A refusal is readable where the call is allowed.
  const refused = await world(listed).create({ size: -1 }, from(listed.origins[0]));
  assert.deepEqual([refused.status, refused.headers.get("access-control-allow-origin")], [400, listed.origins[0]]);
});

test("a80 a preflight is answered for listed origins alone, never by a wildcard", async () => {
  const one = "https://one.example.com";
  const preflight = (options, origin) =>
    world({ ...options, authorize: () => assert.fail("a preflight has no cookies") }).send("OPTIONS", `/${ID}`, undefined, {
      ...from(origin),
      "access-control-request-method": "DELETE",
      "access-control-request-headers": "crowfly-state",
    });
  const { status, headers } = await preflight({ origins: [one] }, one);
  assert.equal(status, 204);
  assert.equal(headers.get("access-control-allow-origin"), one);
  assert.deepEqual(headers.get("access-control-allow-methods").split(", "), ["GET", "POST", "DELETE"]);
  for (const name of ["authorization", "content-type", "crowfly-state", "traceparent"]) assert.ok(headers.get("access-control-allow-headers").split(", ").includes(name));
  assert.ok(![...headers.values()].some((value) => value.includes("*")));
  const sites = [EVIL, "null", "https://one.example.com.evil.example", "https://sub.one.example.com", "http://one.example.com", "https://one.example.com:444", null];
  for (const origin of sites) {
    const answer = await preflight({ origins: [one] }, origin);
    assert.deepEqual([answer.status, answer.headers.get("access-control-allow-origin")], [403, null], origin);
  }
  assert.equal((await preflight({}, ORIGIN)).status, 403, "no origin is listed by default");
});

test("a foreign page cannot read the list of parts", async () => {
  const { send, state } = await underWay();
  const { headers } = await send("GET", `/${ID}/parts`, undefined, { ...from(EVIL, { "sec-fetch-site": "cross-site" }), "crowfly-state": state });
  assert.equal(headers.get("access-control-allow-origin"), null);
});

test("behind a proxy the own origin is that of the request, unless the proxy is trusted", async () => {
  const forwarded = { "x-forwarded-proto": "https", "x-forwarded-host": "shop.example.com" };
  const page = from("https://shop.example.com", forwarded);
  assert.equal((await world().create({}, page)).status, 403);
  assert.equal((await world({ trustForwarded: true }).create({}, page)).status, 201);
  // The nearest proxy writes last; what a client sent before does not count.
  const spoofed = { ...page, origin: EVIL, "x-forwarded-host": "evil.example, shop.example.com" };
  assert.equal((await world({ trustForwarded: true }).create({}, spoofed)).status, 403);
  for (const broken of [{ "x-forwarded-host": "a b" }, { "x-forwarded-proto": "javascript" }, { "x-forwarded-host": null }]) {
    assert.equal((await world({ trustForwarded: true }).create({}, { ...page, ...broken })).status, 403);
  }
});

test("an answer is neither stored nor sniffed", async () => {
  const { create, send } = world();
  for (const { headers } of [await create(), await send("POST", "", "x"), await send("GET", "/x")]) {
    assert.deepEqual([headers.get("cache-control"), headers.get("x-content-type-options"), headers.get("content-type")], ["no-store", "nosniff", "application/json"]);
  }
});
