// The binary format of WebAssembly modules, as far as the scripts beside this one edit it.
// https://webassembly.github.io/spec/core/binary/modules.html

/** Reads numbers (unsigned LEB128), bytes and names. */
export class Reader {
  constructor(bytes, at = 0) {
    Object.assign(this, { bytes, at });
  }

  number() {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  take(length) {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  name() {
    return new TextDecoder().decode(this.take(this.number()));
  }

  get done() {
    return this.at >= this.bytes.length;
  }
}

/** A number in the form that `Reader.number` reads. */
export function number(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value & 127) | 128);
  return Buffer.from([...bytes, value]);
}

/** Bytes with their length before them. */
export const sized = (bytes) => Buffer.concat([number(bytes.length), bytes]);

/** The sections of a module: id and content of each. */
export function sections(module) {
  const reader = new Reader(module, 8);
  const found = [];
  while (!reader.done) found.push([reader.take(1)[0], reader.take(reader.number())]);
  return found;
}

/** A module of these sections. */
export function assemble(module, edited) {
  const bodies = edited.map(([id, body]) => Buffer.concat([Buffer.from([id]), sized(body)]));
  return Buffer.concat([module.subarray(0, 8), ...bodies]);
}

/** The module, if it is valid; otherwise an error, so that none is written. */
export async function valid(module) {
  await WebAssembly.compile(module);
  return module;
}
