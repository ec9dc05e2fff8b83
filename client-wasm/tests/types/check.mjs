// Compiles the declarations of a package strictly: usage.ts, live.ts, adapters.ts, element.ts, recorder.ts, uppy.ts, and the contract's golden JSON, each file
// against its type. Then the hand-written scripts, of this tree: what the package has of them is minified.
//
// And with the oldest TypeScript that the README promises.
//
//   node check.mjs <package directory> <typescript's bin/tsc> <directory to write to>
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { compile, report } from "./compile.mjs";
import { checkScripts, FRAMEWORKS, installed } from "./scripts.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const golden = join(here, "../../../contract/tests/golden");
const [packageDir, tsc, out] = process.argv.slice(2).map((path) => resolve(path));
const read = (name) => readFileSync(join(golden, `${name}.json`), "utf8");

const TYPES = {
  record_pending: "UploadRecord",
  record_path: "UploadRecord",
  record_stored: "UploadRecord",
  record_marked: "UploadRecord",
  record_live: "UploadRecord",
  record_live_pending: "UploadRecord",
  record_live_truncated: "UploadRecord",
  record_withheld: "UploadRecord",
  list_response: "RecordPage",
  list_response_last: "RecordPage",
  content_private: "Content",
  content_public: "Content",
};

// What storage holds, without what the SDK adds to it.
const STORED = ["stored", "stored_bare"];

// What a signer gives, as the routes do.
const GIVEN = {
  create_response: "create",
  create_response_multipart: "create",
  sign_parts_response: "sign",
  list_parts_response: "parts",
  list_parts_response_etag: "parts",
  completing: "complete",
  stored_bare: "complete",
};

const lines = [`import type * as api from "crowfly";`];
for (const [name, type] of Object.entries(TYPES)) {
  lines.push(`export const ${name} = ${read(name).trim()} satisfies api.${type};`);
}
for (const name of STORED) {
  lines.push(`export const ${name} = ${read(name).trim()} satisfies Omit<api.Stored, "verified">;`);
}
for (const [name, route] of Object.entries(GIVEN)) {
  const type = `Awaited<ReturnType<api.Signer["${route}"]>>`;
  lines.push(`export const given_${name} = ${read(name).trim()} satisfies ${type};`);
}
// The union of codes and the contract's list are the same, both ways.
const codes = JSON.parse(read("error_codes")).map(({ code }) => code);
lines.push(
  `const codes = ${JSON.stringify([...codes, "unknown"])} as const;`,
  "type Listed = (typeof codes)[number];",
  "type Nothing<T extends never> = T;",
  "export type Undeclared = Nothing<Exclude<Listed, api.UploadErrorCode>>;",
  "export type Unlisted = Nothing<Exclude<api.UploadErrorCode, Listed>>;",
);

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, "node_modules"), { recursive: true });
cpSync(packageDir, join(out, "node_modules/crowfly"), { recursive: true });
for (const name of ["oldest.mts", "oldest.cts", "oldest.ts"]) cpSync(join(here, "oldest.ts"), join(out, name));
for (const file of ["usage.ts", "live.ts", "adapters.ts", "element.ts", "recorder.ts", "uppy.ts", "server.ts"]) cpSync(join(here, file), join(out, file));
for (const scope of ["@types", "@uppy"]) mkdirSync(join(out, "node_modules", scope));
for (const [name, [folder]] of Object.entries(FRAMEWORKS)) {
  const types = folder.includes("@types") ? `@types/${name}` : name;
  symlinkSync(installed(folder), join(out, "node_modules", types));
}
writeFileSync(join(out, "golden.ts"), `${lines.join("\n")}\n`);
writeFileSync(join(out, "package.json"), `{ "type": "module" }\n`);

const declared = ["bundler", "nodenext"].map((moduleResolution) => {
  const config = join(out, `tsconfig.${moduleResolution}.json`);
  const module = moduleResolution === "nodenext" ? "nodenext" : "esnext";
  const said = compile(tsc, config, ["usage.ts", "live.ts", "adapters.ts", "element.ts", "recorder.ts", "golden.ts"], { module, moduleResolution });
  // Uppy's own types name `Symbol.dispose`.
  const lib = ["es2022", "dom", "esnext.disposable"];
  const uppy = compile(tsc, join(out, `tsconfig.uppy.${moduleResolution}.json`), ["uppy.ts"], { module, moduleResolution, lib });
  const title = `with moduleResolution ${moduleResolution}`;
  return [report(`types ${title}`, said), report(`types of Uppy's plugin ${title}`, uppy)].every(Boolean);
});
const oldest = join(dirname(tsc), "../../typescript-4.9/bin/tsc");
/** By `import` and by `require` as Node tells them apart, and by file name alone, as before. */
const since = [
  [oldest, "node16", "node16", ["oldest.mts", "oldest.cts"]],
  [oldest, "commonjs", "node", ["oldest.ts"]],
  [tsc, "nodenext", "nodenext", ["oldest.mts", "oldest.cts"]],
].map(([compiler, module, moduleResolution, files], index) => {
  const version = compiler === oldest ? "4.9" : "of today";
  const said = compile(compiler, join(out, `tsconfig.oldest.${index}.json`), files, { module, moduleResolution, verbatimModuleSyntax: undefined });
  return report(`types in TypeScript ${version} with moduleResolution ${moduleResolution}`, said);
});
// The SDK's declarations need those of Node, which a page's project lacks.
mkdirSync(join(out, "node_modules/@aws-sdk"));
for (const name of ["client-s3", "s3-request-presigner"]) symlinkSync(installed(`node/node_modules/@aws-sdk/${name}`), join(out, "node_modules/@aws-sdk", name));
const server = [
  [tsc, "bundler", "esnext"],
  [tsc, "nodenext", "nodenext"],
  [oldest, "node16", "node16"],
].map(([compiler, moduleResolution, module], index) => {
  const version = compiler === oldest ? "4.9" : "of today";
  const more = { module, moduleResolution, skipLibCheck: true, verbatimModuleSyntax: undefined };
  return report(`types of the server in TypeScript ${version} with ${moduleResolution}`, compile(compiler, join(out, `tsconfig.server.${index}.json`), ["server.ts"], more));
});
const checked = checkScripts(tsc, out);
process.exitCode = [...declared, ...since, ...server].every(Boolean) && checked ? 0 : 1;
