// Builds what the package's manifest promises beside the files that it lists: entries of many files as one (`testing`), the
// CommonJS forms, their declarations, and the list of all files; and tidies the source maps. The entry `server` is written
// in TypeScript, in a folder of its own.
//
//   node entries.mjs <hand-written files> <package> <node_modules of the tools>
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { tidy } from "./maps.mjs";
import { declarations } from "./server.mjs";

const [source, out, modules] = process.argv.slice(2).map((path) => resolve(path));
const load = createRequire(join(modules, "tools.cjs"));
const [esbuild, terser] = [load("esbuild"), load("terser")];
const manifest = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));

const TARGET = { target: "es2022", charset: "utf8", legalComments: "none", logLevel: "warning" };
/** Start the module, and are built by `cargo xtask package` itself. */
const LOADERS = ["index", "live", "slim", "inline"];

/** The entries in TypeScript. They run on servers, so that nothing is won by minifying them. */
const TYPED = { server: join(dirname(fileURLToPath(import.meta.url)), "../../server/src/server.ts") };
/** The web components, whose files are in folders of their own; what one loads later is published beside it. */
const ELEMENT = resolve(source, "../element");
const RECORDER = resolve(source, "../recorder");
/** Names of `<crowfly-upload>`'s own properties: no page sees them, no text is named so, and the platform has none of them. */
const INNER =
  /^(actAll|added|asked|badge|calm|changed|connect|core|draw|element|explain|fieldsetDisabled|first|internals|isDisabled|language|leave|limits|mark|nodes|note|notice|passFocus|picked|readable|refuse|render|root|rules|second|seen|show|shown|speak|summary|sums|sync|thumb|took|view|words|zone)$/;
const COMPONENTS = {
  element: {
    folder: ELEMENT,
    tag: "crowfly-upload",
    later: ["ko", "take", "preview", "earlier"],
    styles: ["frame", "zone", "list"].map((name) => join(ELEMENT, `${name}.css`)),
    inner: INNER,
  },
  recorder: {
    folder: RECORDER,
    tag: "crowfly-recorder",
    later: ["ko", "rare", "left"],
    styles: [join(ELEMENT, "frame.css"), join(RECORDER, "recorder.css")],
  },
};
const sourceOf = (name) => TYPED[name] ?? join(COMPONENTS[name]?.folder ?? source, `${name}.js`);

/** What a component's script is told by the build: its name, and its style sheet as text. */
function told({ tag, styles }) {
  const texts = styles.map((path) => readFileSync(path, "utf8"));
  const { code } = esbuild.transformSync(texts.join(""), { loader: "css", minify: true, charset: "utf8" });
  return { "globalThis.CROWFLY_STYLE": JSON.stringify(code.trim()), "globalThis.CROWFLY_TAG": JSON.stringify(tag) };
}

/** The entries that need a CommonJS form. One whose script the manifest lists is published file by file, since it shares
 * files with others, or loads some later; any other is one file. */
const entries = Object.values(manifest.exports).flatMap(({ require: form }) => {
  const name = form?.default.match(/^\.\/([\w-]+)\.cjs$/)?.[1];
  return name && !LOADERS.includes(name) && existsSync(sourceOf(name)) ? [name] : [];
});

/** What an entry does not take in: the client's entries, which an application has once only, and every other package. */
const OUTSIDE = [...["index.js", "start.js"].flatMap((name) => [`./${name}`, join(source, name)]), join(source, "live.js")];

/** The entry and what else it imports of this package as one file, or, with `later`, as one and those that it loads later. */
function bundle(name, format, later) {
  const component = COMPONENTS[name];
  const { outputFiles } = esbuild.buildSync({
    ...TARGET,
    absWorkingDir: source,
    entryPoints: { [name]: sourceOf(name), ...later },
    outdir: out,
    splitting: later !== undefined,
    ...(component && { define: told(component) }),
    ...(component?.inner && { mangleProps: component.inner }),
    bundle: true,
    format,
    external: OUTSIDE,
    packages: "external",
    // The paths in it are for the compiler alone.
    tsconfigRaw: {},
    platform: format === "cjs" ? "node" : "neutral",
    sourcemap: "external",
    sourcesContent: true,
    write: false,
  });
  const texts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  return [...texts.keys()]
    .filter((file) => file.endsWith(".js"))
    .map((file) => ({ name: file.slice(0, -3), code: beside(texts.get(file)), map: texts.get(`${file}.map`) }));
}

/** The client's entries are beside all others in the package. */
const beside = (code) => code.replaceAll(/(["'])[./\w-]*\/(index|live)\.js\1/g, '"./$2.js"');

async function publish({ name, code, map }) {
  const url = `${name}.js.map`;
  if (TYPED[name]) {
    writeFileSync(join(out, `${name}.js`), `${code}//# sourceMappingURL=${url}\n`);
    return writeFileSync(join(out, url), map);
  }
  const small = await terser.minify(code, {
    module: true,
    ecma: 2022,
    mangle: { toplevel: true },
    compress: { passes: 3, unsafe_arrows: true, unsafe_methods: true },
    sourceMap: { content: map, url, includeSources: true },
  });
  writeFileSync(join(out, `${name}.js`), `${small.code}\n`);
  writeFileSync(join(out, url), small.map);
}

for (const name of entries) {
  if (!manifest.files.includes(`${name}.js`)) {
    const later = COMPONENTS[name]?.later.map((part) => [`${name}-${part}`, join(COMPONENTS[name].folder, `${part}.js`)]);
    for (const file of bundle(name, "esm", later && Object.fromEntries(later))) await publish(file);
  }
  // Not minified: it runs in tests and on servers, and is read in their stack traces.
  const [{ code }] = bundle(name, "cjs");
  const common = code.replaceAll(/\b(require|import)\("\.\/(index|live)\.js"\)/g, '$1("./$2.cjs")');
  writeFileSync(join(out, `${name}.cjs`), common);
}
for (const map of readdirSync(out).filter((name) => name.endsWith(".map"))) tidy(join(out, map));

for (const [name, entry] of Object.entries(TYPED)) writeFileSync(join(out, `${name}.d.ts`), declarations(entry, modules));

/** Declarations of the CommonJS forms: the same, which name each other by the names of that form. */
const declared = new Set();
function declare(name) {
  if (declared.has(name)) return;
  declared.add(name);
  const text = readFileSync(join(out, `${name}.d.ts`), "utf8");
  const common = text.replaceAll(/(["'])\.\/([\w-]+)\.js\1/g, (_, quote, other) => {
    declare(other);
    return `${quote}./${other}.cjs${quote}`;
  });
  writeFileSync(join(out, `${name}.d.cts`), common);
}
for (const { require: form } of Object.values(manifest.exports)) {
  const name = form?.types.match(/^\.\/([\w-]+)\.d\.cts$/)?.[1];
  if (name) declare(name);
}
// The file for pages without a bundler is the entry `inline`, with all that this loads.
writeFileSync(join(out, "crowfly.min.d.ts"), 'export * from "./inline.js";\n');

// npm packs these by itself.
const unlisted = ["package.json", "README.md", "LICENSE"];
const files = readdirSync(out).filter((name) => !unlisted.includes(name)).sort();
writeFileSync(join(out, "package.json"), `${JSON.stringify({ ...manifest, files }, null, 2)}\n`);
