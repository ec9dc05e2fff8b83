// The real Uppy with the plugin of `crowfly/uppy` and clients of `crowfly/testing`, as tests use them.
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { after } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
export const packageDir = resolve(process.env.CROWFLY_PACKAGE_DIR ?? join(root, "target/npm/package"));
const tools = resolve(process.env.CROWFLY_TOOLS ?? join(root, "target/tools"));

// Installed, with Uppy beside it.
const folder = mkdtempSync(join(tmpdir(), "crowfly-uppy-"));
after(() => rmSync(folder, { recursive: true }));
const modules = join(folder, "node_modules");
mkdirSync(join(modules, "@uppy"), { recursive: true });
cpSync(packageDir, join(modules, "crowfly"), { recursive: true });
symlinkSync(join(tools, "node-uppy/node_modules/@uppy/core"), join(modules, "@uppy/core"));
const load = (...path) => import(pathToFileURL(join(modules, ...path)).href);
export const { default: Uppy } = await load("@uppy/core/lib/index.js");
export const { default: CrowflyUploader } = await load("crowfly/uppy.js");
export const { createTestClient, isUploadError } = await load("crowfly/testing.js");

export const settled = () => new Promise((done) => setTimeout(done, 5));
export const silent = { debug() {}, warn() {}, error() {} };

/** An Uppy with the plugin, a client that a test tells what to do, and what Uppy said. */
export function world({ client = createTestClient(), files = ["a.txt"], ...options } = {}) {
  const uppy = new Uppy({ logger: silent }).use(CrowflyUploader, { client, ...options });
  const said = [];
  for (const event of ["upload-start", "upload-success", "upload-error", "complete"]) {
    uppy.on(event, (...given) => said.push([event, ...given]));
  }
  const of = (event) => said.filter(([name]) => name === event).map(([, ...given]) => given);
  const ids = files.map((name) => uppy.addFile(new File(["content"], name, { type: "text/plain" })));
  return { uppy, client, ids, of, file: (at = 0) => uppy.getFile(ids[at]) };
}
