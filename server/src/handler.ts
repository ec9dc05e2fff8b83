// From request to answer.
import { isId, readComplete, readCreate, readSign, stateOf, type ItemAsked } from "./item.js";
import { checkContentType } from "./json.js";
import type { Settings } from "./options.js";
import { type Trust, checkOrigin, corsHeaders, preflightHeaders } from "./origin.js";
import { Misconfigured, Refusal, empty, json, notFound, problem } from "./problem.js";
import type { UploadHandler, UploadHandlerOptions, UploadUser } from "./server.js";
import { statusOf } from "./storage.js";
import { Uploads } from "./uploads.js";

const RETRY_AFTER_MS = 5_000;
/** Items of a call that are worked on at the same time. */
const AT_ONCE = 25;

/** The routes by the end of a path: `/uploads`, `/uploads/status`, `/uploads/{id}`, `/uploads/{id}/parts` and the like. */
const PATH = /\/uploads(?:\/(?:(status)|([0-9A-Z]{26})(?:\/(parts|complete|content))?))?$/;
const METHODS: Readonly<Record<string, readonly string[]>> = {
  uploads: ["GET", "POST"],
  status: ["POST"],
  "{id}": ["GET", "DELETE"],
  "{id}/parts": ["GET", "POST"],
  "{id}/complete": ["POST"],
  "{id}/content": ["GET", "DELETE"],
};

interface Route {
  readonly path: string;
  readonly id: string;
}

function routeOf(request: Request): Route {
  const found = PATH.exec(new URL(request.url).pathname);
  if (!found) throw notFound();
  const [, status, id = "", what] = found;
  if (id && !isId(id)) throw notFound();
  return { path: status ?? (id ? `{id}${what ? `/${what}` : ""}` : "uploads"), id };
}

export function handlerOf<User extends UploadUser>(settings: Settings<User>): UploadHandler {
  const { options } = settings;
  const trust: Trust = { origins: settings.origins, trustForwarded: options.trustForwarded ?? false };
  const uploads = new Uploads(settings);

  /** Known before anybody is asked for: what this server has not, it has for nobody. */
  function checkMethod({ path }: Route, method: string): void {
    const methods = METHODS[path] ?? [];
    if (!methods.includes(method)) throw new Refusal("method_not_allowed", `the methods of this route are ${methods.join(", ")}`);
    const records = path === "status" || path === "{id}/content" || (method === "GET" && path !== "{id}/parts");
    if (records) throw new Refusal("unsupported", "this server keeps no records: it tells of stored uploads by `onStored` alone");
  }

  async function userOf(request: Request): Promise<User> {
    const user = await options.authorize(request);
    if (user === null || user === undefined) throw new Refusal("unauthenticated", "sign in first");
    const { id } = user;
    if (typeof id !== "string" || id === "" || id.length > 1024) throw new Misconfigured("`authorize` must give a user whose `id` has 1 to 1,024 characters");
    return user;
  }

  async function admit(user: User, cost: number): Promise<void> {
    const wait = (await options.rate?.(user, cost)) ?? 0;
    if (wait > 0) throw new Refusal("rate_limited", "too many requests", Math.ceil(wait));
  }

  async function perform(request: Request, { path, id }: Route, fail: (error: unknown) => Refusal, requestId: string): Promise<Response> {
    const user = await userOf(request);
    switch (`${request.method} ${path}`) {
      case "POST uploads":
        return create(user, await readCreate(request, settings.maxBatch), fail, requestId);
      case "POST {id}/parts": {
        const asked = await readSign(request);
        await admit(user, asked.parts.length);
        return json(200, await uploads.sign(user, id, asked));
      }
      case "GET {id}/parts":
        await admit(user, 1);
        return json(200, await uploads.parts(user, id, stateOf(request)));
      case "POST {id}/complete": {
        const asked = await readComplete(request);
        await admit(user, 1);
        const done = await uploads.complete(user, id, asked);
        return json("retryAfterMs" in done ? 202 : 200, done);
      }
      case "DELETE {id}":
        await admit(user, 1);
        await uploads.cancel(user, id, stateOf(request));
        return empty();
      default:
        throw notFound();
    }
  }

  /** Each item is answered by itself; what all share is the answer's status. */
  async function create(
    user: User,
    items: readonly (readonly [string, ItemAsked | Refusal])[],
    fail: (error: unknown) => Refusal,
    requestId: string,
  ): Promise<Response> {
    const parts = ([, asked]: readonly [string, ItemAsked | Refusal]) => (asked instanceof Refusal ? 0 : asked.first.parts.length);
    await admit(user, items.map(parts).reduce((sum, count) => sum + count, items.length));
    const one = async ([id, asked]: readonly [string, ItemAsked | Refusal]) => {
      try {
        if (asked instanceof Refusal) throw asked;
        return { status: asked.state === undefined ? 201 : 200, result: await uploads.create(user, asked) };
      } catch (error) {
        const refusal = fail(error);
        return { status: refusal.status, refusal, result: { id, error: refusal.body(requestId) } };
      }
    };
    const answers: Awaited<ReturnType<typeof one>>[] = [];
    for (let at = 0; at < items.length; at += AT_ONCE) answers.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(one))));
    const [first] = answers;
    if (answers.length === 1 && first?.refusal) throw first.refusal;
    const shared = answers.every(({ status }) => status === first?.status);
    return json(shared && first ? first.status : 207, { uploads: answers.map(({ result }) => result) });
  }

  return async (request) => {
    const requestId = crypto.randomUUID();
    let headers: Record<string, string> = {};
    let name = "";
    const fail = (error: unknown): Refusal => {
      try {
        if (error instanceof Refusal) return error;
        report(options.onError, error, { requestId, route: name });
        return failure(error);
      } catch {
        // Whatever was thrown is no object that can be looked at.
        return internal();
      }
    };
    try {
      headers = corsHeaders(request, trust);
      const route = routeOf(request);
      name = `${request.method} ${route.path}`;
      if (request.method === "OPTIONS") {
        const allowed = preflightHeaders(request, trust);
        if (!allowed) throw new Refusal("forbidden", "this request comes from a page that may not call: see `origins` of the upload handler");
        return empty(allowed);
      }
      checkMethod(route, request.method);
      if (request.method !== "GET") checkOrigin(request, trust);
      if (request.method === "POST") checkContentType(request);
      const answer = await perform(request, route, fail, requestId);
      for (const [header, value] of Object.entries(headers)) answer.headers.set(header, value);
      return answer;
    } catch (error) {
      return problem(fail(error), requestId, headers);
    }
  };
}

const internal = (): Refusal => new Refusal("internal", "the server failed in an unforeseen way");

function failure(error: unknown): Refusal {
  if (error instanceof Misconfigured) return new Refusal("internal", error.message);
  const status = statusOf(error);
  const unavailable = isOfStorage(error) && (status === undefined || status === 429 || status >= 500);
  return unavailable ? new Refusal("service_unavailable", "storage is briefly unavailable; try again", RETRY_AFTER_MS) : internal();
}

/** An answer of storage, or a lost connection to it; not a mistake of the application. */
function isOfStorage(error: unknown): boolean {
  if (statusOf(error) !== undefined) return true;
  const { name = "", code = "" } = (error ?? {}) as { name?: string; code?: string };
  return /Timeout|Abort|Network|ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|Socket/i.test(`${name} ${code}`);
}

/** Tells the application. By default without the message of an error that is not ours: it may hold a URL, which is a credential. */
function report(onError: UploadHandlerOptions["onError"], error: unknown, context: { requestId: string; route: string }): void {
  try {
    // It may be an async function, whose failure is nobody's.
    if (onError) return void Promise.resolve(onError(error, context)).catch(() => {});
    const name = String((error as Error | null)?.name ?? typeof error).slice(0, 100);
    const message = error instanceof Misconfigured ? error.message : undefined;
    console.error(`crowfly/server: ${JSON.stringify({ ...context, error: name, message })}`);
  } catch {
    // A broken hook must not take the answer with it.
  }
}
