// The handler behind Node's own kind of server. Nothing is imported from Node: the types are what is used of it.
import { joined } from "./json.js";
import type { FastifyReplyLike, FastifyRequestLike, NodeHandler, NodeRequest, NodeResponse, UploadHandler } from "./server.js";

/** One more byte than the handler takes. */
const MAX_READ_BYTES = 1024 * 1024 + 1;

/** Express adds the first, a body parser the second, TLS the third. */
interface Extended {
  readonly originalUrl?: unknown;
  readonly body?: unknown;
  readonly socket?: { readonly encrypted?: boolean };
  readonly readableEnded?: boolean;
}

const encoder = new TextEncoder();

/** The body that somebody has read already, as it was or as JSON again. */
function parsedBody(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return encoder.encode(typeof body === "string" ? body : JSON.stringify(body) ?? "");
}

async function readBody(request: NodeRequest): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = chunk instanceof Uint8Array ? chunk : encoder.encode(String(chunk));
    chunks.push(bytes);
    length += bytes.byteLength;
    // The rest is not read: what there is suffices for the refusal.
    if (length >= MAX_READ_BYTES) break;
  }
  return joined(chunks, length);
}

async function bodyOf(request: NodeRequest & Extended, parsed: unknown): Promise<Uint8Array<ArrayBuffer> | null> {
  if (request.method === "GET" || request.method === "HEAD") return null;
  // Refused by its length alone: whoever is cut off while sending sees no answer.
  if (Number(request.headers["content-length"]) >= MAX_READ_BYTES) return null;
  // Express 4 gives an empty object where no parser read anything.
  const read = parsed !== undefined && parsed !== null && request.readableEnded !== false;
  return new Uint8Array(read ? parsedBody(parsed) : await readBody(request));
}

function headersOf(request: NodeRequest): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    // HTTP/2 has its pseudo-headers among them.
    if (name.startsWith(":") || value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one);
  }
  return headers;
}

async function webRequest(request: NodeRequest & Extended, parsed: unknown): Promise<Request> {
  const { originalUrl, url = "/", socket, method = "GET" } = request;
  const headers = headersOf(request);
  const host = headers.get("host") ?? (request.headers[":authority"] as string | undefined) ?? "localhost";
  const path = typeof originalUrl === "string" ? originalUrl : url;
  const address = `${socket?.encrypted ? "https" : "http"}://${host}${path.startsWith("/") ? path : "/"}`;
  const body = await bodyOf(request, parsed);
  // It may name another length than that of a body which was parsed and written again.
  if (body) headers.delete("content-length");
  return new Request(address, { method, headers, body });
}

async function answer(response: NodeResponse, from: Response): Promise<void> {
  response.statusCode = from.status;
  from.headers.forEach((value, name) => response.setHeader(name, value));
  const body = new Uint8Array(await from.arrayBuffer());
  response.end(body.byteLength > 0 ? body : undefined);
}

const isFastify = (request: NodeRequest | FastifyRequestLike): request is FastifyRequestLike => "raw" in request;
const isReply = (response: NodeResponse | FastifyReplyLike): response is FastifyReplyLike => "raw" in response;

export function nodeListener(handler: UploadHandler): NodeHandler {
  return (request, response) => {
    const raw: NodeRequest & Extended = isFastify(request) ? request.raw : request;
    const parsed = isFastify(request) ? request.body : raw.body;
    if (isReply(response)) response.hijack();
    const out = isReply(response) ? response.raw : response;
    const run = async () => answer(out, await handler(await webRequest(raw, parsed)));
    run().catch(() => {
      // The request line is no address, or the connection was lost: then nobody minds.
      try {
        out.statusCode = 400;
        out.end();
      } catch {}
    });
  };
}
