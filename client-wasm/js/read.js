// The routes that read records. They have no state to keep, so they do not go through the engine.
import { closed, uploadError } from "./error.js";

/** Attempts at one read, the first included. */
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 5_000;
const TIMEOUT_MS = 30_000;

const SAY = {
  network: "the API could not be reached; if it should be, check that it allows this page's origin",
  bad_response: "the API answered with something that is not its contract; check the `api` address",
};

/** Reads `/uploads` with `path` as `route` ("records", "record" or "content") says. */
export async function readRoute(driver, route, path) {
  const { core, token } = driver;
  if (driver.settings.signer) {
    const message = "reading records needs the API of a Crowfly stack; a `signer` has none";
    throw uploadError({ code: "unsupported", phase: "read", message });
  }
  let reason;
  let renewed = false;
  for (let attempt = 1; ; attempt += 1) {
    requireOpen(driver);
    reason ??= token.needed();
    if (reason) {
      const life = await token.ask(reason);
      requireOpen(driver);
      if (life === undefined) {
        const message = "the `token` function gave no token";
        throw uploadError({ code: "token_provider", retryable: true, phase: "read", message }, token.failure);
      }
      reason = undefined;
    }
    const { generation } = token;
    const answer = await once(driver, path);
    requireOpen(driver);
    const value = answer?.status === 200 ? core.read(route, answer.body) : undefined;
    if (value) return value;
    const failure = core.refusal(answer);
    if (failure.status === 401 && !renewed) {
      renewed = true;
      // Another call may have brought a new token meanwhile.
      if (generation === token.generation) reason = "unauthorized";
    } else if (attempt < ATTEMPTS && failure.retryable && failure.code !== "bad_response") {
      await waitFor(driver, attempt, failure.retryAfterMs);
    } else {
      const message = failure.message || (SAY[failure.code] ?? "the API refused the request");
      throw uploadError({ ...failure, phase: "read", message });
    }
  }
}

async function once(driver, path) {
  const controller = new AbortController();
  const end = driver.hold(() => controller.abort());
  const timer = setTimeout(end, TIMEOUT_MS);
  const answer = await driver.backend.call("GET", path, undefined, controller.signal);
  clearTimeout(timer);
  end();
  return answer;
}

/** Waits with full jitter, or as long as the server asks. */
function waitFor(driver, attempt, asked) {
  const wait = Math.min(asked ?? Math.random() * FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
  return new Promise((over) => {
    let timer;
    const end = driver.hold(() => {
      clearTimeout(timer);
      over();
    });
    timer = setTimeout(end, wait);
  });
}

function requireOpen(driver) {
  if (driver.closed) throw closed("read");
}
