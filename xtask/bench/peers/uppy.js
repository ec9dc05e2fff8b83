// `@uppy/aws-s3` with `signRequest`, its way to an application's own bucket: each request asks for its URL.

import AwsS3 from "@uppy/aws-s3";
import { Uppy } from "@uppy/core";
import { api } from "../api.js";

export function uppy(files, { sink }) {
  const uppy = new Uppy({ autoProceed: false });
  uppy.use(AwsS3, {
    async signRequest({ method, key, uploadId, partNumber }) {
      const body = JSON.stringify({ method, key, uploadId, partNumber });
      const answer = await fetch(`${api(sink)}/peers/sign`, { method: "POST", body });
      return answer.json();
    },
  });
  uppy.addFiles(files.map((file) => ({ name: file.name, type: "application/zip", data: file })));
  return async () => {
    const { successful, failed } = await uppy.upload();
    if (failed.length > 0 || successful.length !== files.length) throw new Error(String(failed[0]?.error));
  };
}
