// What the handler is made of: Web standards and two packages of the AWS SDK, so that it runs wherever these do.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "./support.mjs";

const sources = readdirSync(join(root, "server/src"));
const texts = sources.map((name) => [name, readFileSync(join(root, "server/src", name), "utf8")]);

test("the sources import each other and the AWS SDK, nothing of Node or of the client", () => {
  let seen = 0;
  for (const [name, text] of texts) {
    for (const [, from] of text.matchAll(/(?:from|import\()\s*"([^"]+)"/g)) {
      seen += 1;
      const own = /^\.\/[\w-]+\.js$/.test(from) && sources.includes(from.slice(2).replace(/\.js$/, ".ts"));
      assert.ok(own || ["@aws-sdk/client-s3", "@aws-sdk/s3-request-presigner"].includes(from), `${name} imports ${from}`);
    }
  }
  assert.ok(seen > 30, `${seen} imports`);
});

test("no global of Node or of a page is used, and no check of the compiler is silenced", () => {
  for (const [name, text] of texts) {
    const code = text.replaceAll(/\/\*\*[\s\S]*?\*\/|\/\/.*/g, "");
    assert.doesNotMatch(code, /\b(process|Buffer|__dirname|require|setImmediate|document|window|navigator)\b[.(]|@ts-(ignore|nocheck|expect-error)|[:<,|] *any\b/, name);
    assert.doesNotMatch(text, /@ts-(ignore|nocheck|expect-error)/, name);
  }
});
