// Refusals, by the codes of the contract.

/** Status and text of each code that this API answers with; the codes' list is `contract/src/code.rs`. */
const STATUS = {
  invalid_json: 400,
  unknown_field: 400,
  unsupported_media_type: 415,
  body_too_large: 413,
  invalid_batch: 400,
  invalid_id: 400,
  invalid_name: 400,
  invalid_path: 400,
  invalid_size: 400,
  invalid_type: 400,
  invalid_checksum: 400,
  invalid_metadata: 400,
  invalid_visibility: 400,
  invalid_part: 400,
  too_large: 413,
  type_not_allowed: 400,
  public_not_allowed: 400,
  rate_limited: 429,
  quota_open_uploads: 429,
  quota_bytes: 403,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  upload_mismatch: 409,
  already_stored: 409,
  not_stored: 409,
  content_encoding: 409,
  conflict: 409,
  size_mismatch: 409,
  checksum_mismatch: 409,
  parts_mismatch: 409,
  multipart_gone: 409,
  unsupported: 501,
  service_unavailable: 503,
  internal: 500,
} as const;

export type Code = keyof typeof STATUS;
export const CODES: Readonly<Record<string, number>> = STATUS;

/** A request, or one item of it, is refused. The message is for developers and holds nothing secret. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;

  constructor(
    readonly code: Code,
    message: string,
    readonly retryAfterMs?: number,
  ) {
    super(message);
    this.status = STATUS[code];
  }

  /** The body of a Problem, without its envelope. */
  body(requestId: string): object {
    const { code, message, retryAfterMs } = this;
    return { code, message, requestId, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
}

/** A mistake in the application's own functions. The message holds nothing secret, so that it is logged and answered. */
export class Misconfigured extends Error {
  override readonly name = "Misconfigured";
}

/** The same whether an upload is unknown, of another user, expired, or its state was altered. */
export const notFound = (): Refusal => new Refusal("not_found", "there is no such upload or route");

const SECURE = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

export function json(status: number, body: object, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...SECURE, ...headers } });
}

export const empty = (headers: Record<string, string> = {}): Response =>
  new Response(null, { status: 204, headers: { ...SECURE, ...headers } });

/** The answer of a refused request. */
export function problem(refusal: Refusal, requestId: string, headers: Record<string, string> = {}): Response {
  const wait = refusal.retryAfterMs;
  const retry = wait === undefined ? {} : { "retry-after": `${Math.ceil(wait / 1000)}` };
  return json(refusal.status, { error: refusal.body(requestId) }, { ...retry, ...headers });
}
