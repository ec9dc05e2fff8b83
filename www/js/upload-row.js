// The row of one file. It gets snapshots of the upload and updates only what differs from the last one.

import { byId, details, icon, make, setAttribute, setText, showName } from "./dom.js";
import { bytes, duration, extension, percent, rate, readable } from "./format.js";
import { CAUTION, explain, withheld, worthRetrying } from "./messages.js";

const LABELS = {
  queued: "In line",
  hashing: "Checking",
  uploading: "Uploading",
  paused: "Paused",
  waiting: "Waiting",
  stored: "Stored",
  processed: "Recorded",
  failed: "Failed",
  aborted: "Cancelled",
};

const BUTTONS = {
  pause: "Pause",
  resume: "Resume",
  abort: "Cancel",
  retry: "Retry",
};

const template = byId("row-template").content.firstElementChild;

/** Whether an upload in this state has ended for the page. */
export function isOver(state) {
  return state === "processed" || state === "failed" || state === "aborted";
}

/** Whether storage holds the whole file. */
export function isComplete(state) {
  return state === "stored" || state === "processed";
}

export class UploadRow {
  constructor(snapshot) {
    this.element = template.cloneNode(true);
    const part = (name) => this.element.querySelector(`.${name}`);
    this.parts = {
      state: part("state"),
      actions: part("actions"),
      bar: part("bar"),
      detail: part("detail"),
      proof: part("proof"),
      caution: part("caution"),
      problem: part("problem"),
    };
    this.name = readable(snapshot.name);
    this.shownActions = "";
    this.element.dataset.upload = snapshot.id;
    showName(part("name"), this.name, readable(snapshot.path));
    part("tile").textContent = extension(this.name);
    this.parts.bar.setAttribute("aria-label", `Progress of ${this.name}`);
  }

  /** Shows `snapshot`; `late` is the error of a record that did not arrive, `odd` whether the content does not match
   * the type. */
  update(snapshot, late, odd) {
    const { state } = snapshot;
    const { dataset } = this.element;
    if (dataset.state !== state) {
      dataset.state = state;
      setText(this.parts.state, LABELS[state] ?? state);
    }
    this.#progress(snapshot);
    this.#detail(detailOf(snapshot, late));
    this.#proof(snapshot);
    this.#caution(cautionOf(snapshot, odd));
    this.#problem(state === "failed" ? (snapshot.error ?? {}) : state === "stored" ? late : undefined);
    this.#actions(actionsFor(snapshot, late));
  }

  #progress({ state, progress: { sent, total } }) {
    const { bar } = this.parts;
    const complete = isComplete(state);
    const share = complete ? 1 : total > 0 ? Math.min(1, sent / total) : 0;
    bar.style.setProperty("--share", share.toFixed(4));
    const value = String(percent(sent, total, complete));
    if (bar.getAttribute("aria-valuenow") !== value) {
      bar.setAttribute("aria-valuenow", value);
      bar.setAttribute("aria-valuetext", `${value} percent of ${bytes(total)}`);
    }
  }

  #detail(texts) {
    const { detail } = this.parts;
    while (detail.childElementCount > texts.length) detail.lastElementChild.remove();
    while (detail.childElementCount < texts.length) detail.append(make("span"));
    texts.forEach(([kind, text], at) => {
      const span = detail.children[at];
      if (span.className !== kind) span.className = kind;
      setText(span, text);
    });
  }

  #proof({ state, stored, record }) {
    const { proof } = this.parts;
    const checksum = isComplete(state) ? (record?.crc64nvme ?? stored?.crc64nvme) : undefined;
    const held = record !== undefined && withheld(record) !== undefined;
    const verified = (record ?? stored)?.verified && !held;
    // A withheld file is not called verified: a person would take it for safe.
    const verdict = held ? "Checksum" : verified ? "Verified" : "Not verified";
    const text = checksum ? `${verdict} ${checksum}` : "";
    if (this.shownProof === text) return;
    this.shownProof = text;
    proof.hidden = !checksum;
    if (!checksum) return proof.replaceChildren();
    const sign = verified ? [icon("check")] : [];
    proof.replaceChildren(...sign, make("span", {}, verdict), make("code", { title: "CRC-64/NVME" }, checksum));
  }

  #caution(text) {
    const { caution } = this.parts;
    caution.hidden = !text;
    setText(caution, text);
  }

  #problem(error) {
    const { problem } = this.parts;
    if (this.shownError === error) return;
    this.shownError = error;
    problem.hidden = !error;
    if (!error) return problem.replaceChildren();
    const { sentence, facts } = explain(error);
    problem.replaceChildren(make("span", { class: "sentence" }, sentence), details(facts));
  }

  #actions(names) {
    const wanted = names.join(" ");
    if (this.shownActions === wanted) return;
    this.shownActions = wanted;
    const { actions } = this.parts;
    const focused = actions.contains(document.activeElement);
    // Buttons are changed in place, so that the keyboard focus stays.
    while (actions.childElementCount > names.length) actions.lastElementChild.remove();
    while (actions.childElementCount < names.length) {
      actions.append(make("button", { type: "button" }, icon("pause"), make("span")));
    }
    names.forEach((name, at) => this.#dress(actions.children[at], name));
    if (focused && !actions.contains(document.activeElement)) this.element.focus();
  }

  #dress(button, name) {
    if (button.dataset.action === name) return;
    button.dataset.action = name;
    // The first button of a failed row has a label; the others are icons.
    const written = name === "retry";
    button.className = written ? "button" : "button icon";
    button.title = BUTTONS[name];
    button.lastElementChild.textContent = written ? BUTTONS[name] : "";
    setAttribute(button, "aria-label", `${BUTTONS[name]}: ${this.name}`);
    button.querySelector("use").setAttribute("href", `#i-${name}`);
  }
}

/** The record decides; before there is one, the sniffed content. */
function cautionOf({ state, record }, odd) {
  if (record) return withheld(record) ?? "";
  return odd && state !== "failed" && state !== "aborted" ? CAUTION : "";
}

function actionsFor({ state, error }, late) {
  switch (state) {
    case "queued":
    case "hashing":
    case "uploading":
    case "waiting":
      return ["pause", "abort"];
    case "paused":
      return ["resume", "abort"];
    case "failed":
      return worthRetrying(error) ? ["retry", "abort"] : ["abort"];
    case "stored":
      return late ? ["retry"] : [];
    default:
      return [];
  }
}

function detailOf({ state, size, progress: { sent, total, bytesPerSecond, etaMs } }, late) {
  const amount = ["amount", sent > 0 ? `${bytes(Math.min(sent, total))} of ${bytes(total)}` : bytes(size)];
  switch (state) {
    case "uploading": {
      const left = duration((etaMs ?? Number.NaN) / 1000);
      const texts = [amount, ["percent", `${percent(sent, total, false)} %`]];
      if (rate(bytesPerSecond)) texts.push(["rate", rate(bytesPerSecond)]);
      if (left && sent < total) texts.push(["eta", `${left} left`]);
      if (total > 0 && sent >= total) texts.push(["eta", "storage is checking"]);
      return texts;
    }
    case "hashing":
      return [amount, ["hint", "computing the checksum"]];
    case "waiting":
      return [amount, ["hint", navigator.onLine ? "tries again by itself" : "goes on when the network is back"]];
    case "stored":
      return [["amount", bytes(size)], ["hint", late ? "no record yet" : "its record is on the way"]];
    case "processed":
      return [["amount", bytes(size)]];
    default:
      return [amount];
  }
}
