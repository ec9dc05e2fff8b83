// The declarations of an entry in TypeScript: what the compiler writes for the entry's own file, which names no other of ours.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

/** Compiles the entry and all that it imports, as strictly as its `tsconfig.json` says. */
export function declarations(entry, modules) {
  const out = mkdtempSync(join(tmpdir(), "crowfly-server-"));
  try {
    const sources = dirname(entry);
    const compilerOptions = {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: sources,
      outDir: out,
      paths: { "@aws-sdk/*": [join(modules, "@aws-sdk/*")] },
    };
    const config = { extends: join(sources, "../tsconfig.json"), compilerOptions, files: [entry], include: [] };
    writeFileSync(join(out, "tsconfig.json"), JSON.stringify(config));
    const tsc = join(modules, "typescript/bin/tsc");
    const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, "-p", join(out, "tsconfig.json"), "--pretty", "false"], {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`${entry} does not compile:\n${stdout}${stderr}`);
    const text = readFileSync(join(out, basename(entry).replace(/\.ts$/, ".d.ts")), "utf8");
    if (/from "\.\.?\//.test(text)) throw new Error(`the declarations of ${entry} name another file`);
    return text;
  } finally {
    rmSync(out, { recursive: true });
  }
}
