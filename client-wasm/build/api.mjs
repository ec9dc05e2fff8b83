// The report of the package's public types: every declaration that an entry exports, without comments, in one order. A change
// of it is a change for the package's users.
//
//   node api.mjs <package> <node_modules of the tools>   writes `api-report.d.ts.txt` beside the package's sources
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const REPORT = join(dirname(fileURLToPath(import.meta.url)), "../api-report.d.ts.txt");
const HEAD = "// The public types of the package. Written by `cargo xtask package --api`; a test compares.\n";

/** The report of a built package. The compiler is the oldest that the package supports, as newer ones have no interface
 * for programs. */
export function apiReport(packageDir, modules) {
  const ts = createRequire(join(modules, "tools.cjs"))("typescript-4.9");
  const { exports } = JSON.parse(readFileSync(join(packageDir, "package.json"), "utf8"));
  const entries = Object.entries(exports).flatMap(([name, conditions]) => {
    const types = conditions.import?.types ?? conditions.types;
    return types ? [[name.replace(/^\./, "crowfly"), join(packageDir, types)]] : [];
  });
  const program = ts.createProgram(entries.map(([, file]) => file), {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.NodeJs,
    types: [],
  });
  const checker = program.getTypeChecker();
  const printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed });
  const print = (node) => printer.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile());
  /** Where a declaration was printed, by its symbol. */
  const printed = new Map();
  const sections = entries.map(([entry, file]) => {
    const symbol = checker.getSymbolAtLocation(program.getSourceFile(file));
    const exported = symbol ? checker.getExportsOfModule(symbol) : [];
    const lines = [`// ${entry}`];
    const again = new Map();
    for (const given of exported.sort((one, other) => (one.name < other.name ? -1 : 1))) {
      const own = given.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(given) : given;
      const before = printed.get(own);
      if (before) again.set(before, [...(again.get(before) ?? []), given.name]);
      else {
        printed.set(own, entry);
        const texts = (own.declarations ?? []).map((node) => print(ts.isVariableDeclaration(node) ? node.parent.parent : node));
        lines.push(...texts.map((text) => (given.name === own.name ? text : `// as ${given.name}\n${text}`)));
      }
    }
    for (const [from, names] of again) lines.push(`// and from ${from}: ${names.join(", ")}`);
    return lines.join("\n");
  });
  return `${HEAD}\n${sections.join("\n\n")}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [packageDir, modules] = process.argv.slice(2).map((path) => resolve(path));
  writeFileSync(REPORT, apiReport(packageDir, modules));
}
