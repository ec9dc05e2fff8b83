import { equal, ok, rejection, until } from "../support/world.js";

const options = { api: "https://api.test", token: () => "a.b.c", onWarning() {}, resume: false };
const text = (body = "hello") => new File([body], "hello.txt", { type: "text/plain" });
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function jwt(claims) {
  const part = (value) => btoa(JSON.stringify(value)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  return `${part({ alg: "none" })}.${part(claims)}.signature`;
}

export const cases = {
  async a_token_is_asked_for_once_and_kept({ createClient }) {
    const reasons = [];
    const now = Math.floor(Date.now() / 1000);
    const token = async ({ reason }) => {
      reasons.push(reason);
      await pause(10);
      return jwt({ iat: now, exp: now + 3600 });
    };
    const client = createClient({ ...options, token });
    await Promise.all([1, 2, 3].map(() => client.upload(text()).done));
    await client.upload(text()).processed();
    equal(reasons, ["initial"]);
    client.close();
  },

  async a_refused_token_is_asked_for_anew_once({ createClient, world, isUploadError }) {
    const reasons = [];
    const token = ({ reason }) => {
      reasons.push(reason);
      return `token-${reasons.length}`;
    };
    world.answer = (method, path, body, call) =>
      call.authorization === "Bearer token-1" ? { status: 401, body: { message: "Unauthorized" } } : undefined;
    const client = createClient({ ...options, token });
    await Promise.all([client.upload(text()).done, client.upload(text()).done]);
    equal(reasons, ["initial", "unauthorized"]);
    world.answer = () => ({ status: 401, body: { message: "Unauthorized" } });
    const error = await rejection(client.records());
    ok(isUploadError(error), `${error}`);
    equal([error.code, error.status], ["unauthenticated", 401]);
    equal(reasons, ["initial", "unauthorized", "unauthorized"]);
    client.close();
  },

  async a_token_function_that_throws_is_the_cause({ createClient, isUploadError }) {
    const cause = new Error("logged out");
    const throwing = createClient({
      ...options,
      token: () => {
        throw cause;
      },
    });
    const error = await rejection(throwing.records());
    ok(isUploadError(error), `${error}`);
    equal(error.code, "token_provider");
    ok(error.cause === cause, "another cause");
    throwing.close();
    for (const wrong of [undefined, null, "", 5, {}, "two words", "line\nbreak"]) {
      const client = createClient({ ...options, token: async () => wrong });
      equal((await rejection(client.records())).code, "token_provider", JSON.stringify(wrong));
      client.close();
    }
  },

  async h9_a_token_that_comes_after_its_time_disturbs_nothing({ createClient }) {
    const unhandled = [];
    const hear = (event) => unhandled.push(`${event.reason}`);
    addEventListener("unhandledrejection", hear);
    for (const refused of [false, true]) {
      let late = 0;
      const token = async () => {
        await new Promise((done) => setTimeout(done, 120));
        late += 1;
        if (refused) throw new Error("too late");
        return "a.b.c";
      };
      const client = createClient({ ...options, token, tokenTimeoutMs: 20 });
      const upload = client.upload(new File(["x"], "a.txt"));
      await until(() => late > 0, "the late token");
      client.close();
      equal((await rejection(upload.done)).code, "closed");
    }
    await new Promise((done) => setTimeout(done, 300));
    removeEventListener("unhandledrejection", hear);
    equal(unhandled, []);
  },

  async a_token_function_that_hangs_times_out({ createClient }) {
    const client = createClient({ ...options, token: () => new Promise(() => {}), tokenTimeoutMs: 30 });
    const error = await rejection(client.records());
    equal(error.code, "token_provider");
    ok(error.cause.message.includes("in time"), error.cause.message);
    client.close();
  },

  async u15_a_token_may_come_with_its_scheme({ createClient, world }) {
    for (const given of ["a.b.c", "Bearer a.b.c", " bearer  a.b.c ", "BEARER a.b.c", "Bearer Bearer a.b.c"]) {
      world.calls = [];
      const client = createClient({ ...options, token: () => given });
      await client.upload(text()).done;
      ok(world.calls.length > 0, "no call");
      for (const { authorization } of world.calls) equal(authorization, "Bearer a.b.c", given);
      client.close();
    }
    for (const given of ["Bearer", "Bearer  ", "", "a b", "Basic dTpw", 5, undefined]) {
      const client = createClient({ ...options, token: () => given });
      const error = await rejection(client.records());
      equal(error.code, "token_provider", `${given}`);
      ok(error.cause.message.includes("JWT"), `${error.cause}`);
      client.close();
    }
  },

  async a_read_renews_the_token_once_whenever_it_is_refused({ createClient, world }) {
    const reasons = [];
    const client = createClient({
      ...options,
      token({ reason }) {
        reasons.push(reason);
        return "a.b.c";
      },
    });
    const answers = [503, 401, 200, 401, 503, 401];
    world.answer = () => {
      const status = answers.shift();
      return { status, body: status === 200 ? { uploads: [] } : { message: "no" } };
    };
    equal((await client.records()).uploads, []);
    equal(reasons, ["initial", "unauthorized"], "tokens");
    const error = await rejection(client.records());
    equal([error.code, error.status, reasons.length], ["unauthenticated", 401, 3], "a token that is refused again");
    client.close();
  },
};
