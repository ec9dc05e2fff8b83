// app/api/uploads/[[...path]]/route.ts
import { S3Client } from "@aws-sdk/client-s3";
import { createUploadHandler } from "crowfly/server";
import { currentUser } from "@/lib/session";

const handler = createUploadHandler({
  client: new S3Client({}), // region and keys from AWS_REGION and the like
  bucket: process.env.BUCKET!,
  store: "s3", // or "r2", "minio", "b2", "garage"
  secret: process.env.UPLOAD_SECRET!, // 32 bytes or more, the same for every instance
  authorize: () => currentUser(), // your own session: the user, or null
  key: (item, user) => `uploads/${user.id}/${item.id}`,
});

export { handler as GET, handler as POST, handler as DELETE };
