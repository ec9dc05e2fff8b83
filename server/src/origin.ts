// Which pages may call. A session's cookie goes along with requests of other sites too, so whatever changes something must
// say where it comes from: https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
import { Refusal } from "./problem.js";

export interface Trust {
  readonly origins: readonly string[] | undefined;
  readonly trustForwarded: boolean;
}

/** The last value: the one that the nearest proxy has written. */
const last = (value: string | null): string => value?.split(",").at(-1)?.trim() ?? "";

function ownOrigin(request: Request, trustForwarded: boolean): string {
  const url = new URL(request.url);
  const [protocol, host] = [last(request.headers.get("x-forwarded-proto")), last(request.headers.get("x-forwarded-host"))];
  if (!trustForwarded || !/^https?$/.test(protocol) || !/^[\w.:[\]-]+$/.test(host)) return url.origin;
  try {
    return new URL(`${protocol}://${host}`).origin;
  } catch {
    return url.origin;
  }
}

const listed = (origin: string | null, trust: Trust): origin is string => origin !== null && (trust.origins?.includes(origin) ?? false);

/** Refuses a request of another site that would change something.
 *
 * `Sec-Fetch-Site` is set by the browser alone: https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header. A
 * client that is no browser can say what it likes, but has nobody's cookies. */
export function checkOrigin(request: Request, trust: Trust): void {
  if (request.headers.get("sec-fetch-site") === "same-origin") return;
  const origin = request.headers.get("origin");
  if (listed(origin, trust)) return;
  if (!trust.origins && origin !== null && origin === ownOrigin(request, trust.trustForwarded)) return;
  throw new Refusal("forbidden", "this request comes from a page that may not call: see `origins` of the upload handler");
}

/** CORS headers of an answer: for listed origins only, by name, since credentials are allowed. */
export function corsHeaders(request: Request, trust: Trust): Record<string, string> {
  const origin = request.headers.get("origin");
  const vary = { vary: "Origin" };
  if (!listed(origin, trust)) return vary;
  return {
    ...vary,
    "access-control-allow-origin": origin,
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": "retry-after",
  };
}

/** Those of a preflight; undefined for a page that may not call. */
export function preflightHeaders(request: Request, trust: Trust): Record<string, string> | undefined {
  if (!listed(request.headers.get("origin"), trust)) return undefined;
  return {
    ...corsHeaders(request, trust),
    "access-control-allow-methods": "GET, POST, DELETE",
    "access-control-allow-headers": "authorization, content-type, crowfly-state, traceparent",
    "access-control-max-age": "600",
  };
}
