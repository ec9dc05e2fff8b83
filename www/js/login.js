// The sign-in form, made from what the configuration offers.

import { signIn } from "./auth/cognito.js";
import { beginSignIn } from "./auth/oidc.js";
import { claimsOf } from "./auth/session.js";
import { byId, make } from "./dom.js";

/** Builds the form for `auth`; `onGrant(name, grant)` is called after a sign-in. */
export function loginForm(auth, onGrant) {
  const form = byId("login-form");
  const problem = make("p", { class: "problem", id: "login-problem", role: "alert", hidden: true });
  const view = auth.kind === "cognito" ? passwordView(auth) : issuerView(auth, fail);
  form.replaceChildren(...view.fields, problem, ...view.after);

  function fail(error) {
    problem.hidden = !error;
    problem.textContent = error ? error.message : "";
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    fail(undefined);
    try {
      const { name, grant } = await view.submit();
      await onGrant(name, grant);
    } catch (error) {
      fail(error);
    } finally {
      form.ariaBusy = "false";
    }
  });
  return { fail, focus: () => form.querySelector("input, button").focus() };
}

function field(label, props) {
  const input = make("input", { class: "input", required: true, spellcheck: false, autocapitalize: "none", ...props });
  return { input, element: make("label", { class: "field" }, make("span", {}, label), input) };
}

function required(input, sentence) {
  const value = input.value.trim();
  if (value) return value;
  input.focus();
  throw new Error(sentence);
}

function passwordView(auth) {
  const user = field("User name", { name: "username", type: "text", autocomplete: "username", value: auth.user ?? "" });
  const word = field("Password", {
    name: "password",
    type: "password",
    autocomplete: "current-password",
    value: auth.password ?? "",
  });
  const button = make("button", { type: "submit", class: "button primary wide", data: { action: "login" } }, "Sign in");
  const demo = auth.user ? [make("p", { class: "note" }, "Filled in with the demo user of this local run.")] : [];
  return {
    fields: [user.element, word.element],
    after: [button, ...demo],
    async submit() {
      const name = required(user.input, "Enter your user name.");
      if (!word.input.value) required(word.input, "Enter your password.");
      return { name, grant: await signIn(auth, name, word.input.value) };
    },
  };
}

function issuerView(auth, fail) {
  const go = make(
    "button",
    { type: "button", class: "button primary wide", data: { action: "authorize" } },
    `Continue at ${new URL(auth.issuer).host}`,
  );
  go.addEventListener("click", () => beginSignIn(auth).catch(fail));
  const token = field("Or paste an access token", { name: "token", type: "password", autocomplete: "off" });
  const button = make("button", { type: "submit", class: "button wide", data: { action: "login" } }, "Use this token");
  return {
    fields: [go, token.element],
    after: [button],
    async submit() {
      const text = required(token.input, "Paste an access token first.").replace(/^bearer\s+/i, "");
      token.input.value = "";
      return { name: nameOf(text), grant: pasted(text) };
    },
  };
}

function pasted(accessToken) {
  const { exp } = claimsOf(accessToken);
  return { accessToken, expiresInMs: Number.isFinite(exp) ? exp * 1000 - Date.now() : undefined };
}

/** The name that a token carries, to be shown. */
export function nameOf(accessToken) {
  const { username, name, email, sub } = claimsOf(accessToken);
  return [username, name, email, sub].find((text) => typeof text === "string" && text) ?? "Signed in";
}
