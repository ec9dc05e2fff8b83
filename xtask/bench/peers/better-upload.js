// `@better-upload/client`: all URLs at once, all files and parts at once unless told otherwise.

import { uploadFiles } from "@better-upload/client";
import { api } from "../api.js";

/** `parallel` files and parts at once. */
export function betterUpload(files, { sink, parallel }) {
  return async () => {
    const { failedFiles } = await uploadFiles({
      api: `${api(sink)}/peers/better-upload`,
      route: "files",
      files,
      uploadBatchSize: parallel,
      multipartBatchSize: parallel,
      retry: 3,
      retryDelay: 1000,
      onFileStateChange() {},
    });
    if (failedFiles.length > 0) throw new Error(failedFiles[0].error?.message ?? "failed");
  };
}
