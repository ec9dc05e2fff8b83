// The list of uploads: a row for each entry of the client's snapshot; passes clicks on to the client.

import { LONG_LIST, measure, roomBelow } from "./chunks.js";
import { byId, make, setText } from "./dom.js";
import { bytes, count, duration, percent, rate } from "./format.js";
import { batch } from "./frame.js";
import { CAUTION, explain } from "./messages.js";
import { UploadRow, isComplete, isOver } from "./upload-row.js";

/** Shortest interval between updates of the summary, in milliseconds. */
const SUMMARY_MS = 250;
/** How long starting uploads may block the main thread before it yields, in milliseconds. */
const START_BUDGET_MS = 12;

/** Shows the uploads of `client`; `onRecord` gets each record once it is processed, `announce` speaks to screen readers. */
export class Uploads {
  #client;
  #onRecord;
  #announce;
  #entries = new Map();
  #list = byId("rows");
  #empty = byId("uploads-empty");
  #summary = byId("summary");
  #clear = byId("clear");
  #rows = batch((entry) => this.#draw(entry));
  #sync = batch(() => this.#compare());
  #summaryTimer;
  #quarter = 0;
  #stopped = new AbortController();

  constructor(client, onRecord, announce) {
    this.#client = client;
    this.#onRecord = onRecord;
    this.#announce = announce;
    const { signal } = this.#stopped;
    const unsubscribe = client.subscribe(() => this.#sync.add("all"));
    signal.addEventListener("abort", unsubscribe);
    this.#list.addEventListener("click", (event) => this.#onClick(event), { signal });
    this.#clear.addEventListener("click", () => this.#clearFinished(), { signal });
    for (const change of ["online", "offline"]) {
      window.addEventListener(change, () => this.#redrawAll(), { signal });
    }
  }

  /** Starts an upload for each `{file, path}` without blocking the page. Resolves when all are started. */
  async add(files) {
    this.#announce.say("added", `${count(files.length, "file")} added.`);
    this.#list.classList.toggle("long", this.#entries.size + files.length > LONG_LIST);
    // New rows come above the older ones, in the order in which they were picked.
    const group = { chunk: newChunk() };
    this.#list.hidden = false;
    this.#empty.hidden = true;
    this.#list.prepend(group.chunk);
    let until = performance.now() + START_BUDGET_MS;
    for (const item of files) {
      if (this.#stopped.signal.aborted) return;
      this.#start(item, group);
      if (performance.now() > until) {
        await new Promise((resume) => setTimeout(resume));
        until = performance.now() + START_BUDGET_MS;
      }
    }
  }

  /** Shows an upload that resumes where an earlier page left it. */
  adopt(handle) {
    const group = { chunk: newChunk() };
    this.#list.hidden = false;
    this.#empty.hidden = true;
    this.#list.prepend(group.chunk);
    this.#hold(handle, group);
    this.#sync.add("all");
  }

  /** Shows that a file's content does not match its type. */
  caution(id) {
    const entry = this.#entries.get(id);
    if (!entry || entry.odd) return;
    entry.odd = true;
    this.#rows.add(entry);
    const name = entry.name ?? entry.snapshot?.name ?? "A file";
    const many = (number) => `The content of ${count(number, "file")} does not look like the type. What could run is withheld.`;
    this.#announce.say("caution", `${name}: ${CAUTION}`, many);
  }

  /** Whether leaving the page would interrupt an upload. */
  get busy() {
    return [...this.#entries.values()].some(({ shown }) => shown && !isOver(shown.state) && !isComplete(shown.state));
  }

  /** Removes all rows and closes the client. */
  stop() {
    this.#stopped.abort();
    clearTimeout(this.#summaryTimer);
    this.#rows.clear();
    this.#entries.clear();
    this.#list.replaceChildren();
    this.#writeSummary();
  }

  #start({ file, path }, group) {
    this.#hold(this.#client.upload(file, { path }), group, file.name);
  }

  #hold(handle, group, name) {
    this.#entries.set(handle.id, { id: handle.id, name, handle, group, snapshot: undefined, shown: undefined });
    this.#follow(handle);
  }

  /** Waits for the record. The row itself shows failures, so a rejection needs no handling here. */
  async #follow(handle) {
    try {
      await handle.done;
    } catch {
      return;
    }
    await this.#awaitRecord(handle);
  }

  async #awaitRecord(handle) {
    const entry = this.#entries.get(handle.id);
    if (!entry) return;
    entry.late = undefined;
    try {
      this.#onRecord(await handle.processed());
    } catch (error) {
      entry.late = error;
    }
    if (this.#entries.has(handle.id)) this.#rows.add(entry);
  }

  #compare() {
    if (this.#stopped.signal.aborted) return;
    for (const snapshot of this.#client.snapshot().uploads) {
      const entry = this.#entries.get(snapshot.id);
      if (!entry || entry.snapshot === snapshot) continue;
      entry.snapshot = snapshot;
      this.#rows.add(entry);
    }
    this.#summaryTimer ??= setTimeout(() => this.#writeSummary(), SUMMARY_MS);
  }

  #draw(entry) {
    const { snapshot } = entry;
    if (!snapshot || !this.#entries.has(entry.id)) return;
    if (!entry.row) {
      entry.row = new UploadRow(snapshot);
      const { group } = entry;
      group.chunk = roomBelow(this.#list, group.chunk, newChunk);
      group.chunk.append(entry.row.element);
      measure(group.chunk);
    }
    const before = entry.shown?.state;
    entry.shown = snapshot;
    entry.row.update(snapshot, entry.late, entry.odd);
    if (before !== snapshot.state) this.#announceState(snapshot);
    this.#summaryTimer ??= setTimeout(() => this.#writeSummary(), SUMMARY_MS);
  }

  #announceState({ name, state, error }) {
    if (state === "processed") {
      this.#announce.say(state, `${name} is stored and recorded.`, (many) => `${count(many, "file")} stored and recorded.`);
    } else if (state === "failed") {
      const { sentence } = explain(error);
      this.#announce.say(state, `${name} failed. ${sentence}`, (many) => `${count(many, "file")} failed.`);
    } else if (state === "waiting" || state === "paused" || state === "aborted") {
      const word = { waiting: "is waiting", paused: "is paused", aborted: "is cancelled" }[state];
      this.#announce.say(state, `${name} ${word}.`, (many) => `${count(many, "file")}: ${state}.`);
    }
  }

  #onClick(event) {
    const button = event.target.closest("button[data-action]");
    const id = button?.closest("[data-upload]")?.dataset.upload;
    const entry = this.#entries.get(id);
    if (!entry) return;
    const { handle } = entry;
    switch (button.dataset.action) {
      case "pause":
        return handle.pause();
      case "resume":
        return handle.resume();
      case "abort":
        return handle.abort();
      case "retry":
        return this.#retry(entry);
    }
  }

  #retry({ handle }) {
    if (handle.state !== "failed") return this.#awaitRecord(handle);
    handle.retry();
    return this.#follow(handle);
  }

  #clearFinished() {
    for (const [id, { row, shown }] of this.#entries) {
      if (!shown || !isOver(shown.state)) continue;
      const chunk = row.element.parentElement;
      row.element.remove();
      measure(chunk);
      this.#entries.delete(id);
    }
    this.#writeSummary();
    byId("files").focus();
  }

  #redrawAll() {
    for (const entry of this.#entries.values()) {
      if (entry.shown?.state === "waiting") this.#rows.add(entry);
    }
  }

  #writeSummary() {
    this.#summaryTimer = undefined;
    const shown = [...this.#entries.values()].map((entry) => entry.shown).filter(Boolean);
    const totals = addUp(shown);
    this.#list.classList.toggle("long", this.#entries.size > LONG_LIST);
    this.#list.hidden = this.#entries.size === 0;
    this.#empty.hidden = this.#entries.size > 0;
    this.#clear.hidden = totals.over === 0;
    setText(this.#summary, summarize(totals));
    this.#announceQuarter(totals);
  }

  #announceQuarter({ active, sent, total }) {
    const quarter = active > 0 ? Math.floor(percent(sent, total, false) / 25) : 0;
    if (quarter > this.#quarter) this.#announce.say("progress", `${quarter * 25} percent sent.`);
    this.#quarter = quarter;
  }
}

function newChunk() {
  return make("div", { class: "chunk", role: "none" });
}

function addUp(uploads) {
  const totals = { files: uploads.length, complete: 0, failed: 0, over: 0, active: 0, sent: 0, total: 0, rate: 0 };
  for (const { state, progress } of uploads) {
    if (isComplete(state)) totals.complete += 1;
    if (state === "failed") totals.failed += 1;
    if (isOver(state)) totals.over += 1;
    if (state === "failed" || state === "aborted") continue;
    totals.total += progress.total;
    totals.sent += isComplete(state) ? progress.total : progress.sent;
    if (isComplete(state)) continue;
    totals.active += 1;
    if (state === "uploading") totals.rate += progress.bytesPerSecond ?? 0;
  }
  return totals;
}

function summarize({ files, complete, failed, active, sent, total, rate: speed }) {
  if (files === 0) return "";
  const texts = [`${complete.toLocaleString("en")} of ${count(files, "file")} stored`];
  if (failed > 0) texts.push(`${failed.toLocaleString("en")} failed`);
  if (active > 0) {
    texts.push(`${bytes(sent)} of ${bytes(total)}`);
    if (speed > 0) texts.push(rate(speed), `${duration((total - sent) / speed)} left`);
  }
  return texts.join(" · ");
}
