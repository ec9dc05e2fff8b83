// The sign-in form, built from the configuration: one step, and a second one where the first requires it.

import { checkAccess } from "./auth/access.js";
import { claimsOf, nameIn } from "./auth/claims.js";
import { beginSignIn } from "./auth/oidc.js";
import { byId, details, make, setText } from "./dom.js";
import { field, required } from "./fields.js";
import { passwordStep } from "./password.js";

/** Builds the form for `auth`; calls `onGrant(name, grant)` after a sign-in. */
export function loginForm(auth, onGrant) {
  const form = byId("login-form");
  const problem = make("div", { class: "problem", id: "login-problem", role: "alert", hidden: true });
  const first = auth.kind === "cognito" ? passwordStep(auth) : issuerStep(auth, fail);
  let current;
  open(first);

  function open(step) {
    current = step;
    form.dataset.step = step.name;
    setText(byId("login-title"), step.title);
    form.replaceChildren(...step.fields, problem, ...step.after);
    step.back?.addEventListener("click", () => startOver());
    step.focus?.focus();
    fail(undefined);
  }

  function startOver() {
    open(first);
    first.again?.();
  }

  function fail(error) {
    problem.hidden = !error;
    problem.replaceChildren();
    if (!error) return;
    problem.append(make("span", { class: "sentence" }, error.message));
    if (error.facts) problem.append(details(error.facts));
    problem.scrollIntoView({ block: "nearest" });
  }

  async function submit() {
    const { step, name, grant } = await current.submit();
    if (step) return open(step);
    try {
      await onGrant(name, grant);
    } catch (error) {
      // An earlier step cannot be submitted twice.
      throw Object.assign(error, { startOver: current !== first });
    }
    open(first);
    // On a shared computer, the next person must not find what was typed.
    form.reset();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    fail(undefined);
    try {
      await submit();
    } catch (error) {
      if (error.startOver) startOver();
      fail(error);
    } finally {
      form.ariaBusy = "false";
    }
  });
  return { fail, focus: () => form.querySelector("input, button").focus() };
}

function issuerStep(auth, fail) {
  const go = make(
    "button",
    { type: "button", class: "button primary wide", data: { action: "authorize" } },
    `Continue at ${new URL(auth.issuer).host}`,
  );
  go.addEventListener("click", async () => {
    if (go.ariaBusy === "true") return;
    go.ariaBusy = "true";
    fail(undefined);
    await beginSignIn(auth).catch(fail);
    go.ariaBusy = "false";
  });
  const token = field("Or paste an access token", { name: "token", type: "password", autocomplete: "off" });
  const button = make("button", { type: "submit", class: "button wide", data: { action: "login" } }, "Use this token");
  return {
    name: "issuer",
    title: "Sign in",
    fields: [go],
    after: [token.element, button],
    async submit() {
      const text = required(token.input, "Paste an access token first.").replace(/^bearer\s+/i, "");
      token.input.value = "";
      checkAccess(auth, text);
      return { name: nameOf(text), grant: pasted(text) };
    },
  };
}

function pasted(accessToken) {
  const { exp } = claimsOf(accessToken);
  return { accessToken, expiresInMs: Number.isFinite(exp) ? exp * 1000 - Date.now() : undefined };
}

/** The display name in a token. */
export function nameOf(accessToken) {
  return nameIn(claimsOf(accessToken)) ?? "Signed in";
}
