// The page: configuration, sign-in, client, views. All wiring is here.

import { announcer } from "./announce.js";
import { claimsOf } from "./auth/claims.js";
import { finishSignIn, isAnswer } from "./auth/oidc.js";
import { Session } from "./auth/session.js";
import { Cautions } from "./cautions.js";
import { codePanel } from "./code.js";
import { readConfig } from "./config.js";
import { byId, details, setText } from "./dom.js";
import { dropsAnywhere } from "./drops.js";
import { Failures } from "./failures.js";
import { Flow } from "./flow.js";
import { loginForm, nameOf } from "./login.js";
import { explain } from "./messages.js";
import { Left } from "./recording/left.js";
import { Recorder } from "./recording/recorder.js";
import { Records } from "./records.js";
import { themeButton } from "./themes.js";
import { troubleSwitch } from "./trouble.js";

/** The packed npm package, served beside this page: its entry that can record as well. */
const PACKAGE = new URL("../crowfly/live.js", import.meta.url);

/** The views of the signed-in person: `{owner, session, client, uploader, ...}`; undefined before the sign-in. */
let running;
/** The person wants to see the page die: it must not ask whether it may. */
let killed = false;

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
  const announce = announcer(byId("live"));
  const flow = new Flow();
  const cautions = new Cautions(byId("cautions"), announce);
  const failures = new Failures();
  const nameOfUpload = (wanted) => client.snapshot().uploads.find(({ id }) => id === wanted)?.name;
  let records;
  let recorder;
  let client;
  let startSending;
  try {
    let createClient;
    [{ createClient }, { startSending }] = await Promise.all([import(PACKAGE), import("./sending.js")]);
    client = await createClient({
      api: config.api,
      token: (request) => session.token(request),
      // Unfinished uploads are kept apart by person, for shared computers.
      scope: await scopeOf(owner),
      onEvent: (event) => flow.take(event),
      onWarning({ code, message, upload }) {
        // What a person should know goes to the page, the rest to the console.
        if (code === "type_mismatch") cautions.add(upload, nameOfUpload(upload));
        else if (code === "api_silent") records.unanswered(message);
        else if (!recorder?.warned({ code })) console.warn(`crowfly: ${message}`);
      },
    });
  } catch (error) {
    throw new Error(error?.code ? explain(error).sentence : explain({ code: "wasm_unavailable" }).sentence, { cause: error });
  }
  records = new Records(client, announce);
  const seen = {
    onRecord(record) {
      cautions.settle(record);
      records.add(record);
    },
    onLate: (error) => records.late(error),
  };
  const uploader = startSending(byId("sending"), byId("uploader"), withoutRecordings(client), {
    ...seen,
    onFailed: ({ upload, error }) => failures.add(upload?.id, nameOfUpload(upload?.id), error),
  });
  uploader.addEventListener("crowfly-aborted", ({ detail }) => flow.forget(detail.upload.id));
  recorder = new Recorder(client, { ...seen, kill: isLocal() ? kill : undefined });
  const left = new Left(client, seen);
  flow.open(client);
  records.open();
  left.look();
  codePanel().catch((error) => console.warn(`the code panel: ${error.message}`));
  const calm = config.trouble ? troubleSwitch(new URL(config.trouble, document.baseURI), flow) : () => {};
  const clear = () => [cautions, failures].forEach((one) => one.clear());
  const close = () => [recorder, left, records, flow].forEach((one) => one.stop());
  return { owner, session, client, uploader, close, clear, calm };
}

function stop() {
  if (!running) return;
  const { uploader, close, clear, calm, client } = running;
  running = undefined;
  calm();
  close();
  clear();
  uploader.remove();
  client.close();
}

/** The client as the uploader sees it: what is left of recordings is listed beside the recorder. */
function withoutRecordings(client) {
  const resumable = async () => (await client.resumable()).filter(({ live }) => !live);
  return Object.create(client, { resumable: { value: resumable } });
}

function isLocal() {
  return ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
}

/** Leaves the page as a crash does: no client is closed, and nothing is asked. */
function kill() {
  killed = true;
  location.reload();
}

/** Whether leaving the page would interrupt an upload. */
function busy() {
  return running !== undefined && running.client.snapshot().totals.active > 0;
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
    if (busy() && !confirm("Uploads are still in progress. Sign out and stop them?")) return;
    running?.session.end();
    stop();
    notice();
    show("login");
    form.focus();
  });
  dropsAnywhere(() => running?.uploader);
  window.addEventListener("beforeunload", (event) => {
    if (busy() && !killed) event.preventDefault();
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
