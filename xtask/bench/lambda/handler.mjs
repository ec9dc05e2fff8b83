// The usual sample for uploads by presigned URL: one URL for one PUT, by the AWS SDK for JavaScript.

import { randomUUID } from "node:crypto";

import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

const s3 = new S3Client({ region: process.env.AWS_REGION });

export async function handler() {
  const key = `${randomUUID()}.txt`;
  const put = new PutObjectCommand({ Bucket: process.env.BUCKET, Key: key, ContentType: "text/plain" });
  const uploadURL = await getSignedUrl(s3, put, { expiresIn: 300 });
  return {
    statusCode: 201,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ uploadURL, key }),
  };
}
