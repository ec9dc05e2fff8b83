// Puts the stack's template into a CDK app as docs/DEPLOY.md does, and compares what `cdk deploy` would send with it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
// CDK's own reader of templates in YAML, which writes short forms out.
const { readYamlSync } = require(join(dirname(require.resolve("aws-cdk-lib/package.json")), "cloudformation-include/lib/file-utils.js"));
// From the project in target/tools/projects.
const ROOT = process.env["CROWFLY_ROOT"] ?? fileURLToPath(new URL("../../../../", import.meta.url));
/** The one parameter that the app decides. */
const ORIGINS = ["https://app.example.com"];

// As `aws cloudformation package` leaves it: the functions are in a bucket.
const template = readFileSync(join(ROOT, "template.yaml"), "utf8");
const packaged = template.replace("CodeUri: backend/lambdas", "CodeUri: s3://artefacts/functions.zip");
assert.notEqual(packaged, template);
writeFileSync("packaged.yaml", packaged);
// The variable by which `cdk synth` has an app write its templates.
execFileSync(process.execPath, ["app.mjs"], { env: { ...process.env, CDK_OUTDIR: "cdk.out" }, stdio: "inherit" });

const expected = readYamlSync("packaged.yaml");
const made = JSON.parse(readFileSync("cdk.out/uploads.template.json", "utf8"));
for (const section of ["Transform", "Description", "Globals", "Conditions"]) {
  assert.deepEqual(plain(made[section]), plain(expected[section]), section);
}
for (const section of ["Parameters", "Rules", "Resources", "Outputs"]) {
  for (const [name, entry] of Object.entries(expected[section])) {
    if (name !== "AllowedOrigins") assert.deepEqual(plain(made[section][name]), plain(entry), `${section}: ${name}`);
  }
}
console.log(`${Object.keys(expected.Resources).length} resources as in the template`);

/** A value as both sides write it.
 * @param {any} value @returns {any} */
function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  // To CloudFormation a number or a boolean and its text are the same.
  if (value === null || typeof value !== "object") return String(value);
  if (value["Ref"] === "AllowedOrigins") return ORIGINS;
  const fields = Object.entries(value).map(([name, field]) => [name, plain(name === "DependsOn" ? [field].flat() : field)]);
  return Object.fromEntries(fields);
}
