// The page: configuration, sign-in, client, views. All wiring is here.

import { announcer } from "./announce.js";
import { claimsOf } from "./auth/claims.js";
import { finishSignIn, isAnswer } from "./auth/oidc.js";
import { Session } from "./auth/session.js";
import { readConfig } from "./config.js";
import { byId, details, setText } from "./dom.js";
import { dropzone } from "./dropzone.js";
import { loginForm, nameOf } from "./login.js";
import { explain } from "./messages.js";
import { Records } from "./records.js";
import { themeButton } from "./themes.js";
import { Unfinished } from "./unfinished.js";
import { Uploads } from "./uploads.js";

/** The packed npm package, served beside this page. */
const PACKAGE = new URL("../crowfly/index.js", import.meta.url);

/** The views of the signed-in person: `{session, client, uploads, unfinished, records}`; undefined before the sign-in. */
let running;

function show(view) {
  document.body.dataset.view = view;
  byId("login").hidden = view !== "login" && view !== "again";
  byId("app").hidden = view !== "app" && view !== "again";
  byId("logout").hidden = !running;
  byId("who").hidden = !running;
  setText(byId("who"), running?.session.name ?? "");
}

/** Shows a sentence above everything else, with details for a developer; without one, hides it. */
function notice(text, facts) {
  const box = byId("notice");
  box.hidden = !text;
  box.replaceChildren(text ?? "", ...(facts ? [details(facts)] : []));
}

async function start(config, name, grant) {
  const owner = ownerOf(grant, name);
  if (running?.owner === owner) {
    running.session.renewWith(grant);
  } else {
    stop();
    running = await open(config, name, grant, owner);
  }
  notice();
  show("app");
  byId("main").focus({ preventScroll: true });
}

async function open(config, name, grant, owner) {
  const session = new Session(name, grant, (error) => {
    notice(error.message, error.facts);
    show("again");
  });
  let client;
  try {
    const { createClient } = await import(PACKAGE);
    client = await createClient({
      api: config.api,
      token: (request) => session.token(request),
      // Unfinished uploads are kept apart by person, for shared computers.
      scope: await scopeOf(owner),
      onWarning: warned,
    });
  } catch (error) {
    throw new Error(error?.code ? explain(error).sentence : explain({ code: "wasm_unavailable" }).sentence, { cause: error });
  }
  const announce = announcer(byId("live"));
  const records = new Records(client, announce);
  const uploads = new Uploads(client, (record) => records.add(record), announce);
  records.open();
  const unfinished = new Unfinished(client, (upload) => uploads.adopt(upload));
  unfinished.open().catch((error) => notice(explain(error).sentence));
  return { owner, session, client, uploads, unfinished, records };
}

/** Warnings of the client: what a person should know goes to the page, the rest to the console. */
function warned({ code, message, upload }) {
  if (code === "type_mismatch") running?.uploads.caution(upload);
  else if (code === "api_silent") running?.records.unanswered(message);
  else console.warn(`crowfly: ${message}`);
}

function stop() {
  if (!running) return;
  running.uploads.stop();
  running.unfinished.stop();
  running.records.stop();
  running.client.close();
  running = undefined;
}

function ownerOf({ accessToken }, name) {
  const { iss, sub } = claimsOf(accessToken);
  return sub ? `${iss}\n${sub}` : name;
}

/** A hash of the owner, so that the name in storage reveals nothing about the person. */
async function scopeOf(owner) {
  const digest = await crypto.subtle?.digest("SHA-256", new TextEncoder().encode(owner));
  return digest ? [...new Uint8Array(digest, 0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("") : owner;
}

async function boot() {
  themeButton();
  const config = await readConfig();
  const form = loginForm(config.auth, (name, grant) => start(config, name, grant));

  byId("logout").addEventListener("click", () => {
    if (running?.uploads.busy && !confirm("Uploads are still in progress. Sign out and stop them?")) return;
    running?.session.end();
    stop();
    notice();
    show("login");
    form.focus();
  });
  dropzone({
    input: byId("files"),
    veil: byId("veil"),
    enabled: () => running !== undefined,
    onFiles: (files) => running?.uploads.add(files).catch((error) => notice(explain(error).sentence)),
    onNote: (text) => setText(byId("left-out"), text),
  });
  window.addEventListener("beforeunload", (event) => {
    if (running?.uploads.busy) event.preventDefault();
  });

  if (config.auth.kind === "oidc" && isAnswer()) {
    // A form that flashed up meanwhile would look as if the sign-in had failed.
    notice("Signing you in…");
    try {
      const grant = await finishSignIn(config.auth);
      return await start(config, grant.name ?? nameOf(grant.accessToken), grant);
    } catch (error) {
      notice();
      show("login");
      return form.fail(error);
    }
  }
  show("login");
}

boot().catch((error) => {
  notice(error.message);
  document.body.dataset.view = "broken";
});
