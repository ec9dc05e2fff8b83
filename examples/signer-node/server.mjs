// The example as a server: the routes of the five functions, and the page in `public`.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { createSigner, refusal } from "./signer.mjs";

const { env } = process;
const signer = createSigner({
  bucket: env.BUCKET,
  secret: env.STATE_SECRET, // `openssl rand -base64 32`; the same for every instance
  lifetime: Number(env.URL_SECONDS ?? 300),
  checksums: env.CHECKSUMS !== "off",
  // The SDK finds AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY by itself.
  s3: env.ENDPOINT ? { endpoint: env.ENDPOINT, forcePathStyle: true } : {},
  onStored: async (stored) => console.log(JSON.stringify(stored)), // YOUR DATABASE; may be called twice
});
if (!env.BUCKET || !env.STATE_SECRET) throw new Error("BUCKET and STATE_SECRET must be set");

/** YOUR AUTHORISATION: who asks? The text becomes part of the key, so nobody reaches the uploads of others. */
async function userOf(request) {
  return "demo";
}

async function route(request, path) {
  const [, id, what = ""] = /^\/uploads(?:\/([0-9A-Z]{26})(\/parts|\/complete)?)?$/.exec(path) ?? [];
  const user = await userOf(request);
  if (!user) throw refusal(401, "unauthenticated");
  const state = request.headers["crowfly-state"];
  switch (`${request.method} ${id ? `{id}${what}` : path}`) {
    case "POST /uploads":
      return signer.create(user, await json(request));
    case "POST {id}/parts":
      return signer.sign(user, id, await json(request));
    case "GET {id}/parts":
      return signer.parts(user, id, state);
    case "POST {id}/complete":
      return signer.complete(user, id, await json(request));
    case "DELETE {id}":
      return signer.abort(user, id);
    default:
      throw refusal(404, "not_found");
  }
}

async function json(request) {
  // A form of another site cannot send this type, so that a session cookie is of no use there.
  if (!/^application\/json\b/.test(request.headers["content-type"])) throw refusal(415, "unsupported_media_type");
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk;
    if (text.length > 1024 ** 2) throw refusal(413, "body_too_large");
  }
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    throw refusal(400, "invalid_json");
  }
  const list = body?.uploads ?? body?.parts ?? [];
  if (!Array.isArray(list) || list.length > 100) throw refusal(400, "invalid_batch");
  return body;
}

function problem(error) {
  if (error.status) return [error.status, { error: { code: error.code, message: error.message } }];
  // The message of an SDK's error may hold a URL, which is a credential.
  console.error(`${error.name} ${error.$metadata?.requestId ?? ""}`);
  // The client asks eight times: with these pauses a store may be down for half a minute.
  const again = { code: "service_unavailable", message: "storage is unavailable", retryAfterMs: 5000 };
  return [503, { error: again }];
}

const JSON_TYPE = { "content-type": "application/json" };
const TYPES = { html: "text/html", js: "text/javascript", wasm: "application/wasm" };
const PAGE = new URL("./public/", import.meta.url);
const PACKAGE = new URL(`${env.CROWFLY ?? "node_modules/crowfly"}/`, import.meta.url);

/** The page, and the SDK under `/crowfly/`; a bundler makes this unnecessary. */
async function file(path) {
  const ours = path.startsWith("/crowfly/");
  const [folder, name] = ours ? [PACKAGE, path.slice(9)] : [PAGE, path.slice(1) || "index.html"];
  const type = TYPES[name.split(".").pop()];
  if (!type || !/^[\w-]+\.\w+$/.test(name)) return undefined;
  return [type, await readFile(new URL(name, folder))];
}

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  try {
    const found = request.method === "GET" && !pathname.startsWith("/uploads") && (await file(pathname));
    if (found) return response.writeHead(200, { "content-type": found[0] }).end(found[1]);
    const answer = await route(request, pathname);
    response.writeHead(answer ? 200 : 204, JSON_TYPE).end(answer && JSON.stringify(answer));
  } catch (error) {
    const [status, body] = problem(error);
    response.writeHead(status, JSON_TYPE).end(JSON.stringify(body));
  }
});
server.listen(Number(env.PORT ?? 8080), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`));
