// CRC64NVME of the same bytes by the package's module and by the JavaScript that AWS ships, in a worker.

import { Crc64Nvme } from "/built/aws-crc64.js";

const PIECE = 1024 * 1024;

/** The module's `crc*` exports take and return numbers and call no imports. */
async function moduleHash() {
  const module = await WebAssembly.compileStreaming(fetch("/crowfly/crowfly_bg.wasm"));
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = () => {
      throw new Error("not for hashing");
    };
  }
  const hash = (await WebAssembly.instantiate(module, imports)).exports;
  return (pieces) => {
    hash.crcOpen();
    for (const piece of pieces) {
      const place = hash.crcSpace(piece.length);
      new Uint8Array(hash.memory.buffer, place, piece.length).set(piece);
      hash.crcAdd(piece.length);
    }
    return BigInt.asUintN(64, hash.crcClose());
  };
}

async function scriptHash(pieces) {
  const hash = new Crc64Nvme();
  for (const piece of pieces) hash.update(piece);
  return new DataView((await hash.digest()).buffer).getBigUint64(0);
}

/** Pseudo-random pieces, `bytes` in all. */
function content(bytes) {
  let state = 1;
  return Array.from({ length: Math.ceil(bytes / PIECE) }, () => {
    const words = new Uint32Array(PIECE / 4);
    for (let at = 0; at < words.length; at += 1) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      words[at] = state;
    }
    return new Uint8Array(words.buffer);
  });
}

onmessage = async ({ data: { bytes, runs } }) => {
  try {
    const module = await moduleHash();
    const pieces = content(bytes);
    const times = { module: [], script: [] };
    const timed = async (name, hash) => {
      const start = performance.now();
      const crc = await hash(pieces);
      times[name].push(performance.now() - start);
      return crc;
    };
    // One warm-up round, in which both are compiled.
    for (let run = -1; run < runs; run += 1) {
      const crcs = [await timed("module", module), await timed("script", scriptHash)];
      if (crcs[0] !== crcs[1]) throw new Error("the two do not agree");
      if (run === -1) for (const list of Object.values(times)) list.length = 0;
    }
    postMessage({ bytes: pieces.length * PIECE, ...times });
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
