// The reference: a page for each entry of the package, from its declarations, by typedoc.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Entries whose declarations are those of `crowfly`, loaded in another way. */
const SAME = new Set(["./slim", "./inline", "./crowfly.min.js"]);

/** Methods that work without their object say so by a first parameter `this: void`, which nobody passes.
 * @param {string} text */
function withoutThis(text) {
  return text
    .replace(/\(`this`(?:, )?/g, "(")
    .replace(/^\| `this` \|.*\n/gm, "")
    .replace(/^#+ Parameters\n\n\| Parameter \| Type[^\n]*\n\| ---[^\n]*\n\n/gm, "");
}

/** Writes the pages into a folder; gives their titles and names in it.
 * @param {{ packageDir: string, site: string, out: string, work: string }} places `site` is the `node_modules` with typedoc
 * @returns {{ title: string, name: string }[]} */
export function reference({ packageDir, site, out, work }) {
  const { exports } = JSON.parse(readFileSync(join(packageDir, "package.json"), "utf8"));
  const entries = Object.entries(exports).flatMap(([name, conditions]) => {
    const types = conditions.import?.types;
    return types && !SAME.has(name) ? [{ name: name.replace(/^\./, "crowfly"), file: join(packageDir, types) }] : [];
  });
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const config = join(work, "tsconfig.json");
  const compilerOptions = { module: "esnext", moduleResolution: "bundler", target: "es2022", lib: ["es2022", "dom"], types: [], skipLibCheck: true };
  writeFileSync(config, JSON.stringify({ compilerOptions, files: entries.map(({ file }) => file) }));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(site, "typedoc/bin/typedoc"),
      ...["--plugin", join(site, "typedoc-plugin-markdown/dist/index.js"), "--tsconfig", config, "--out", join(work, "pages")],
      ...["--outputFileStrategy", "modules", "--readme", "none", "--skipErrorChecking", "--disableSources", "--sanitizeComments"],
      ...["--hidePageHeader", "--hideBreadcrumbs", "--useHTMLAnchors", "true", "--excludeInternal", "--logLevel", "Error"],
      ...["parameters", "interfaceProperties", "typeAliasProperties", "propertyMembers"].flatMap((what) => [`--${what}Format`, "table"]),
      ...["Functions", "Interfaces", "*"].flatMap((group) => ["--groupOrder", group]),
      ...entries.flatMap(({ file }) => ["--entryPoints", file]),
    ],
    { encoding: "utf8", cwd: work },
  );
  if (status !== 0) throw new Error(`typedoc: ${stdout}${stderr}`);
  mkdirSync(out, { recursive: true });
  const made = readdirSync(join(work, "pages")).filter((name) => name.endsWith(".md") && name !== "README.md");
  /** @type {Map<string, string>} */
  const titles = new Map(entries.map(({ name, file }) => [`${(/([^/]+)\.d\.ts$/.exec(file) ?? [])[1]}.md`, name]));
  for (const name of made) {
    const text = readFileSync(join(work, "pages", name), "utf8");
    const title = titles.get(name);
    if (!title) throw new Error(`typedoc made a page of its own: ${name}`);
    writeFileSync(join(out, name), withoutThis(text).replace(/^# .*$/m, `# \`${title}\``));
  }
  if (made.length !== entries.length) throw new Error(`typedoc made ${made.length} pages of ${entries.length} entries`);
  return made.sort().map((name) => ({ title: titles.get(name) ?? name, name }));
}
