// For the CommonJS form: test environments such as Jest's jsdom lack the encoders that every browser and Node have.

const { process } = globalThis;
const util = typeof TextDecoder === "function" ? globalThis : process?.getBuiltinModule?.("node:util");

const Decoder = util?.TextDecoder;
const Encoder = util?.TextEncoder;

export { Decoder as TextDecoder, Encoder as TextEncoder };
