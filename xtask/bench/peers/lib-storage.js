// `@aws-sdk/lib-storage` with its defaults; several files at a time, as many as it has parts at a time.

import { S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { pool } from "../pool.js";

export function libStorage(files, { sink }) {
  const client = new S3Client({
    region: "us-east-1",
    endpoint: `${sink}/raw`,
    forcePathStyle: true,
    credentials: { accessKeyId: "bench", secretAccessKey: "bench" },
  });
  const jobs = files.map((file) => () => {
    const params = { Bucket: "bucket", Key: crypto.randomUUID(), Body: file, ContentType: "application/zip" };
    const upload = new Upload({ client, params });
    upload.on("httpUploadProgress", () => {});
    return upload.done();
  });
  return () => pool(jobs, 4);
}
