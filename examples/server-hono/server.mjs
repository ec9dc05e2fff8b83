import { S3Client } from "@aws-sdk/client-s3";
import { serve } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { createUploadHandler } from "crowfly/server";
import { Hono } from "hono";
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

const app = new Hono();
app.all("/api/uploads/*", (context) => uploads(context.req.raw));
app.post("/login", (context) => {
  context.header("set-cookie", signIn());
  return context.redirect("/", 303);
});
app.use("/crowfly/*", serveStatic({ root: "node_modules" }));
app.use(serveStatic({ root: "public" }));
serve({ fetch: app.fetch, port: Number(PORT), hostname: "127.0.0.1" });
