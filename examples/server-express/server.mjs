import { S3Client } from "@aws-sdk/client-s3";
import { createUploadHandler, toNode } from "crowfly/server";
import express from "express";
import { signIn, userOf } from "./login.mjs";

const { BUCKET, STORE, UPLOAD_SECRET, PORT = "3000" } = process.env;

const uploads = createUploadHandler({
  client: new S3Client({}), // region, keys and endpoint from AWS_REGION and the like
  bucket: BUCKET,
  store: STORE, // "s3", or "r2", "minio", "b2", "garage"
  secret: UPLOAD_SECRET, // 32 bytes or more, the same for every instance
  authorize: (request) => userOf(request.headers.get("cookie")),
  key: (item, user) => `uploads/${user.id}/${item.id}`,
  limits: { maxFileBytes: 5 * 1024 ** 3 },
  onStored: ({ key, size }, user) => console.log(`${user.id} has stored ${size} bytes as ${key}`),
});

const app = express();
app.use("/api/uploads", toNode(uploads));
app.post("/login", (_, response) => response.set("set-cookie", signIn()).redirect(303, "/"));
app.use("/crowfly", express.static("node_modules/crowfly"));
app.use(express.static("public"));
app.listen(Number(PORT), "127.0.0.1");
