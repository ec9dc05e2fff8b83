// The page of the throughput benchmarks: each page load is one run of one variant, with the picked files.

import { firstByte } from "./first-byte.js";
import { watch } from "./gaps.js";
import { rawParts, rawPut } from "./raw.js";

// Loaded only by the runs that use the package.
const ours = async (...given) => (await import("./ours.js")).ours(...given);
/** A client that is loaded by its runs alone. */
const peer = (file, name) => async (...given) => (await import(`/built/peers/${file}.js`))[name](...given);
const VARIANTS = {
  ours,
  rawParts,
  rawPut,
  betterUpload: peer("better-upload", "betterUpload"),
  evaporate: peer("evaporate", "evaporate"),
  libStorage: peer("lib-storage", "libStorage"),
  tus: peer("tus", "tus"),
  uppy: peer("uppy", "uppy"),
};

/**
 * Runs `variant` and resolves to its timings. What a page does once, long before a person picks a file
 * (loading the module, making the client), is not timed.
 */
async function run(variant, options) {
  const files = [...document.querySelector("input").files];
  if (files.length === 0) throw new Error("no file was picked");
  const send = await VARIANTS[variant](files, options);
  const gaps = await watch();
  const first = firstByte();
  const start = performance.now();
  await send();
  const ms = performance.now() - start;
  return {
    ms,
    bytes: files.reduce((sum, file) => sum + file.size, 0),
    calledMs: first.end(start),
    ...gaps.end(),
  };
}

/** Records the camera; loaded by the runs that do. */
const record = async (...given) => (await import("./live.js")).record(...given);

window.bench = { record, run };

/** Hashes `bytes` bytes in a worker, `runs` times each way. */
window.bench.hash = (bytes, runs) =>
  new Promise((resolve, reject) => {
    const worker = new Worker("./hash.js", { type: "module" });
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.onmessage = ({ data }) => {
      worker.terminate();
      if (data.error) reject(new Error(data.error));
      else resolve(data);
    };
    worker.postMessage({ bytes, runs });
  });
