// The package as an app uses it, with a listener of progress as an app has one.

/** All files in one queue, until `done` of each; `folder` is where the package is. */
export async function ours(files, { sink, checksum, folder = "crowfly" }) {
  const { createClient } = await import(`/${folder}/index.js`);
  const onWarning = ({ code }) => console.warn(code);
  const client = await createClient({ api: sink, token: () => "bench", checksum, onWarning });
  let told = 0;
  const onProgress = () => {
    told += 1;
  };
  return () => Promise.all(files.map((file) => client.upload(file, { onProgress, type: "application/zip" }).done));
}
