// Source maps for the package: the sources are inside, since the package has no other copy of them, under names that say
// nothing of the machine that built them.
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

/** Sources that are nothing but data, which would make the map larger than the script. */
const DATA = /^doctor-data\.js$/;

/** Rewrites one map in its place. */
export function tidy(file) {
  const { version, names, mappings, sources, sourcesContent = [] } = JSON.parse(readFileSync(file, "utf8"));
  const plain = sources.map((path) => basename(path));
  const content = plain.map((name, index) => {
    if (DATA.test(name)) return "// The module in base64, which this map leaves out.\n";
    if (typeof sourcesContent[index] !== "string") throw new Error(`${file} lacks the source of ${name}`);
    return sourcesContent[index];
  });
  const map = {
    version,
    file: basename(file, ".map"),
    sourceRoot: "",
    sources: plain.map((name) => `crowfly/src/${name}`),
    sourcesContent: content,
    names,
    mappings,
  };
  writeFileSync(file, JSON.stringify(map));
}
