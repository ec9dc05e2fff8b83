// What others' tools say of the package: publint, are-the-types-wrong, its public types, and GitHub's schema of workflows.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { REPORT, apiReport } from "../../build/api.mjs";
import { lint } from "../../build/lint.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const packageDir = resolve(process.env.CROWFLY_PACKAGE_DIR ?? join(root, "target/npm/package"));
const modules = resolve(process.env.CROWFLY_NODE_MODULES ?? join(root, "target/tools/node/node_modules"));

/** A copy of the package, changed and packed. */
function packed(t, change) {
  const folder = mkdtempSync(join(tmpdir(), "crowfly-lint-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const copy = join(folder, "package");
  cpSync(packageDir, copy, { recursive: true });
  change(copy);
  const { status, stderr } = spawnSync("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: copy, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return join(folder, readdirSync(folder).find((name) => name.endsWith(".tgz")));
}

test("publint and are-the-types-wrong find nothing", (t) => {
  const { good, text } = lint(packed(t, () => {}), modules);
  assert.ok(good, text);
  for (const word of ["All good!", "No problems found", '"crowfly/testing"', '"crowfly/crowfly_bg.wasm"']) assert.ok(text.includes(word), word);
});

test("both would find a mistake", (t) => {
  const tarball = packed(t, (copy) => {
    const file = join(copy, "package.json");
    const manifest = JSON.parse(readFileSync(file, "utf8"));
    manifest.exports["./slim"].require = { types: "./slim.d.ts", default: "./slim.cjs" };
    const { types, default: script } = manifest.exports["./testing"].import;
    manifest.exports["./testing"].import = { default: script, types };
    writeFileSync(file, JSON.stringify(manifest));
  });
  const { good, text } = lint(tarball, modules);
  assert.equal(good, false);
  const [publint, attw] = text.split("$ attw");
  assert.match(publint, /exports\["\.\/testing"\]/);
  assert.match(attw, /Masquerading|FalseESM/i);
});

test("the public types are those of the report", () => {
  const [found, noted] = [apiReport(packageDir, modules), readFileSync(REPORT, "utf8")];
  assert.equal(found, noted, "the public types have changed; if that is meant, renew the report: cargo xtask package --api");
  for (const name of ["interface Client ", "function createTestClient(", "type UploadErrorCode ="]) assert.ok(found.includes(name), name);
});

test("the report notices a member that is gone", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "crowfly-api-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const name of readdirSync(packageDir)) if (/\.d\.ts$|^package\.json$/.test(name)) cpSync(join(packageDir, name), join(folder, name));
  const file = join(folder, "api.d.ts");
  writeFileSync(file, readFileSync(file, "utf8").replace("  pauseAll(this: void): void;\n", ""));
  assert.notEqual(apiReport(folder, modules), readFileSync(REPORT, "utf8"));
});

test("the workflows are what GitHub's schema allows", async () => {
  const load = createRequire(join(modules, "tools.cjs"));
  const { validateWorkflow } = await import(pathToFileURL(load.resolve("@action-validator/core")));
  const folder = join(root, ".github/workflows");
  const files = readdirSync(folder);
  assert.ok(files.includes("ci.yml") && files.includes("release.yml"), `${files}`);
  for (const name of files) {
    const text = readFileSync(join(folder, name), "utf8");
    assert.deepEqual(validateWorkflow(text).errors, [], name);
    const wrong = text.replace("runs-on:", "run-on:");
    assert.ok(wrong !== text && validateWorkflow(wrong).errors.length > 0, `${name}: a mistake is not found`);
  }
});
