// `tus-js-client` against a server of its own protocol, which would still have to bring the bytes to S3.

import { Upload } from "tus-js-client";
import { pool } from "../pool.js";

/** `parallel` parts of each file at once, or files of one part each. */
export function tus(files, { sink, parallel = 1 }) {
  const several = files.length > 1;
  const jobs = files.map(
    (file) => () =>
      new Promise((resolve, reject) => {
        const upload = new Upload(file, {
          endpoint: `${sink}/tus`,
          parallelUploads: several ? 1 : parallel,
          onProgress() {},
          onSuccess: () => resolve(),
          onError: reject,
        });
        upload.start();
      }),
  );
  return () => pool(jobs, several ? 6 : 1);
}
