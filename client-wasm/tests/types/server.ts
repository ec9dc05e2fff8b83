// The documented ways to use the upload handler, and the mistakes that its types must catch. Compiled, never run.
import { S3Client } from "@aws-sdk/client-s3";
import { createUploadHandler, toNode } from "crowfly/server";
import type { StoredUpload, UploadHandler, UploadItem } from "crowfly/server";

interface Member {
  readonly id: string;
  readonly team: string;
}
declare function memberOf(cookie: string | null): Promise<Member | null>;
declare function save(stored: StoredUpload, team: string): Promise<void>;

const required = {
  client: new S3Client({}),
  bucket: "films",
  secret: "from the environment",
  key: (item: UploadItem, user: { id: string }) => `uploads/${user.id}/${item.id}`,
};

export const handler: UploadHandler = createUploadHandler({
  ...required,
  secret: ["young", "old"],
  authorize: (request) => memberOf(request.headers.get("cookie")),
  key: (item, user) => `${user.team}/${item.path ?? ""}/${item.id}`,
  store: "garage",
  origins: ["https://app.example.com"],
  limits: { maxFileBytes: 5_000_000, allowedTypes: ["image/*"], maxBatch: 10, urlLifetimeSeconds: 60, stateLifetimeSeconds: 3_600 },
  onStored: (stored, user) => save(stored, user.team),
  quota: (item) => (item.size > 1_000 ? "quota_bytes" : undefined),
  rate: (_user, cost) => (cost > 10 ? 1_000 : 0),
  mismatch: async () => false,
  onError: (error, { requestId, route }) => console.error(route, requestId, error),
});
export const answer: Promise<Response> = handler(new Request("https://app.example.com/api/uploads"));
// As Node, Express and Fastify declare them, as far as it matters.
declare const node: { url?: string; method?: string; headers: Record<string, string | string[] | undefined> } & AsyncIterable<unknown>;
declare const out: { statusCode: number; setHeader(name: string, value: number | string | readonly string[]): unknown; end(chunk: unknown, done?: () => void): unknown };
toNode(handler)(node, out);
toNode(handler)({ raw: node, body: {} }, { raw: out, hijack: () => {} });
// @ts-expect-error a request, not an address
void handler("/api/uploads");

// @ts-expect-error a secret is needed
createUploadHandler({ client: required.client, bucket: "films", key: required.key, authorize: () => ({ id: "ann" }) });
// @ts-expect-error a user needs an id
createUploadHandler({ ...required, authorize: () => ({ name: "ann" }) });
// @ts-expect-error no such store
createUploadHandler({ ...required, authorize: () => ({ id: "ann" }), store: "gcs" });
// @ts-expect-error a code of the contract
createUploadHandler({ ...required, authorize: () => ({ id: "ann" }), quota: () => "too_many" });
