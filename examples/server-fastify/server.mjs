import { S3Client } from "@aws-sdk/client-s3";
import files from "@fastify/static";
import { createUploadHandler, toNode } from "crowfly/server";
import fastify from "fastify";
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

const app = fastify();
app.all("/api/uploads/*", toNode(uploads));
app.addContentTypeParser("application/x-www-form-urlencoded", (_request, _body, done) => done(null));
app.post("/login", (_, reply) => reply.header("set-cookie", signIn()).redirect("/", 303));
app.register(files, { root: `${import.meta.dirname}/node_modules/crowfly`, prefix: "/crowfly/" });
app.register(files, { root: `${import.meta.dirname}/public`, decorateReply: false });
await app.listen({ port: Number(PORT), host: "127.0.0.1" });
