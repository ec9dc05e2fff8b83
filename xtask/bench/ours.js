// The package as an app uses it, with a progress listener.

import { api } from "./api.js";

/** All files in one queue, until `done` of each; `folder` is where the package is. */
export async function ours(files, { sink, checksum, folder = "crowfly" }) {
  const { createClient } = await import(`/${folder}/index.js`);
  const onWarning = ({ code }) => console.warn(code);
  const client = await createClient({ api: api(sink), token: () => "bench", checksum, onWarning });
  let events = 0;
  const onProgress = () => {
    events += 1;
  };
  return () => Promise.all(files.map((file) => client.upload(file, { onProgress, type: "application/zip" }).done));
}
