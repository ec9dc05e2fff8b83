// The baseline: XMLHttpRequest and nothing else. No progress, no retry, no checksum, no presigning.

import { pool } from "./pool.js";

function put(url, body) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    request.onload = () => (request.status === 200 ? resolve() : reject(new Error(`status ${request.status}`)));
    request.onerror = () => reject(new Error("network"));
    request.send(body);
  });
}

const name = () => crypto.randomUUID();

/** One PUT a file, `parallel` at a time. */
export async function rawPut(files, { sink, parallel = 1 }) {
  const jobs = files.map((file) => () => put(`${sink}/raw/${name()}`, file));
  return () => pool(jobs, parallel);
}

/** Parts of `partSize` bytes, `parallel` at a time; each has a URL of its own, as presigned parts have. With `twoHosts` every
 * second one names this computer otherwise: a browser opens six connections to each name. */
export async function rawParts(files, { sink, partSize, parallel, twoHosts = false }) {
  const jobs = files.flatMap((file) => {
    const upload = name();
    const parts = Math.ceil(file.size / partSize);
    return Array.from({ length: parts }, (_, n) => () => {
      const part = file.slice(n * partSize, (n + 1) * partSize);
      const host = twoHosts && n % 2 === 1 ? sink.replace("127.0.0.1", "localhost") : sink;
      return put(`${host}/raw/${upload}?partNumber=${n + 1}`, part);
    });
  });
  return () => pool(jobs, parallel);
}
