// Replaces every function that only reports a panic by a trap.
//
// On this target a panic can tell nobody anything: the standard library's hook writes to a standard error
// that does not exist, and then the module traps. The texts, their formatting and the places in the source
// are a tenth of the module all the same.
// Both ways in which rustc writes a crate: `core::` and `core[0123456789abcdef]::`.
const crate = (name) => `${name}(?:\\[[0-9a-f]+\\])?`;
const REPORTS = new RegExp(
  [
    `^${crate("core")}::panicking::`,
    `^${crate("core")}::(?:option|result)::(?:unwrap|expect)_failed`,
    `^${crate("core")}::cell::panic_already`,
    `^${crate("core")}::slice::index::slice_\\w*_fail`,
    `^${crate("core")}::slice::copy_from_slice_impl::len_mismatch_fail`,
    `^${crate("core")}::str::slice_error_fail`,
    `^${crate("alloc")}::raw_vec::(?:handle_error|capacity_overflow)`,
    `^${crate("alloc")}::alloc::handle_alloc_error`,
    `^<?${crate("alloc")}::.*::assert_failed`,
    `^<?${crate("std")}::panicking::`,
    // Nothing but panics writes for developers: the errors that users see are made of plain texts.
    ` as ${crate("core")}::fmt::Debug>::fmt`,
    `^<?${crate("core")}::fmt::builders::`,
    `^${crate("std")}::thread::local::panic_access_error`,
    `^${crate("std")}::alloc::(?:rust_oom|default_alloc_error_hook)`,
    `^${crate("__rustc")}::(?:rust_begin_unwind|rust_panic|__rust_start_panic)`,
    `^__rustc.*::rust_panic`,
  ].join("|"),
);

/** The module without its panic reports, and without exports that neither glue nor worker names; `bytes`
 * must have their name section. */
export function snip(binaryen, bytes, glue) {
  const module = binaryen.readBinary(bytes);
  // Exactly what rustc uses; with more, binaryen would write encodings that no browser reads yet.
  const { Features } = binaryen;
  module.setFeatures(
    Features.MutableGlobals |
      Features.NontrappingFPToInt |
      Features.BulkMemory |
      Features.BulkMemoryOpt |
      Features.SignExt |
      Features.ReferenceTypes |
      Features.Multivalue,
  );
  let snipped = 0;
  for (let index = module.getNumFunctions() - 1; index >= 0; index -= 1) {
    const info = binaryen.getFunctionInfo(module.getFunctionByIndex(index));
    if (info.module || !REPORTS.test(info.name)) continue;
    module.removeFunction(info.name);
    module.addFunction(info.name, info.params, info.results, [], module.unreachable());
    snipped += 1;
  }
  for (let index = module.getNumExports() - 1; index >= 0; index -= 1) {
    const { name } = binaryen.getExportInfo(module.getExportByIndex(index));
    if (!name.startsWith("crc") && !glue.includes(name)) module.removeExport(name);
  }
  if (snipped < 10) throw new Error(`only ${snipped} functions report a panic: are the names there?`);
  console.log(`${snipped} functions that report a panic are traps now`);
  return module.emitBinary();
}
