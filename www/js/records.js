// The records of the signed-in person, newest first, page by page; new ones are added at the top.

import { confirmDelete } from "./ask.js";
import { LONG_LIST, measure, roomAbove, roomBelow } from "./chunks.js";
import { byId, details, icon, make, showName } from "./dom.js";
import { bytes, count, moment, momentInFull, readable } from "./format.js";
import { batch } from "./frame.js";
import { SILENT, explain, withheld } from "./messages.js";

const PAGE = 25;

const STATUS = {
  pending: "Not finished",
  stored: "Stored",
  aborted: "Cancelled",
  deleted: "Deleted",
  expired: "Never came",
};

export class Records {
  #client;
  #announce;
  #rows = new Map();
  #cursor;
  #loading;
  #table = byId("records");
  #empty = byId("records-empty");
  #problem = byId("records-problem");
  #more = byId("more");
  #incoming = batch((record) => this.#put(record, true));
  #stopped = new AbortController();

  constructor(client, announce) {
    this.#client = client;
    this.#announce = announce;
    const { signal } = this.#stopped;
    this.#table.addEventListener("click", (event) => this.#onClick(event), { signal });
    this.#more.addEventListener("click", () => this.#load(this.#cursor), { signal });
    byId("refresh").addEventListener("click", () => this.#load(), { signal });
  }

  /** Reads the first page. */
  open() {
    return this.#load();
  }

  /** Shows a record that was just processed. */
  add(record) {
    if (!this.#stopped.signal.aborted) this.#incoming.add(record);
  }

  /** Says that the service has not answered yet; the first answer removes it. */
  unanswered(message) {
    const facts = `${message}. A token without the right audience or scope looks the same where the refusal has no CORS headers.`;
    this.#show(SILENT, facts);
  }

  /** Forgets all records. */
  stop() {
    this.#stopped.abort();
    this.#incoming.clear();
    this.#rows.clear();
    for (const body of [...this.#table.tBodies]) body.remove();
    this.#table.hidden = true;
    this.#empty.hidden = true;
    this.#more.hidden = true;
    this.#problem.hidden = true;
  }

  async #load(cursor) {
    if (this.#loading) return;
    this.#loading = true;
    this.#more.disabled = true;
    try {
      const page = await this.#client.records({ limit: PAGE, ...(cursor ? { cursor } : {}) });
      if (this.#stopped.signal.aborted) return;
      for (const record of page.uploads) this.#put(record, false);
      // Reading the first page again must not reset the position in the list.
      if (cursor !== undefined || this.#cursor === undefined) this.#cursor = page.cursor;
      this.#fail(undefined);
    } catch (error) {
      if (!this.#stopped.signal.aborted) this.#fail(error);
    } finally {
      this.#loading = false;
      this.#more.disabled = false;
      this.#more.hidden = this.#cursor === undefined || this.#stopped.signal.aborted;
      this.#showEmpty();
    }
  }

  #fail(error, what = "The records could not be read.") {
    this.#problem.hidden = !error;
    if (!error) return this.#problem.replaceChildren();
    const { sentence, facts } = explain(error);
    this.#show(`${what} ${sentence}`, facts);
  }

  #show(sentence, facts) {
    this.#problem.hidden = false;
    this.#problem.replaceChildren(make("span", { class: "sentence" }, sentence), details(facts));
    this.#showEmpty();
  }

  #showEmpty() {
    const none = this.#rows.size === 0;
    this.#table.hidden = none;
    this.#empty.hidden = !none || !this.#problem.hidden || this.#stopped.signal.aborted;
  }

  #put(record, fresh) {
    const known = this.#rows.get(record.id);
    const row = makeRow(record);
    if (known) known.element.replaceWith(row);
    else this.#place(row, record.createdAt);
    if (fresh) row.classList.add("fresh");
    this.#rows.set(record.id, { element: row, record });
    this.#table.classList.toggle("long", this.#rows.size > LONG_LIST);
    if (fresh) this.#showEmpty();
  }

  /** Inserts newest first. Most rows belong at the very top or the very bottom, so the search is short. */
  #place(row, createdAt) {
    const bodies = this.#table.tBodies;
    const last = bodies[bodies.length - 1];
    let body;
    if (!last || createdAt <= createdOf(last.lastElementChild)) {
      body = roomBelow(this.#table, last, newBody);
      body.append(row);
    } else if (createdAt >= createdOf(bodies[0].firstElementChild)) {
      body = roomAbove(this.#table, bodies[0], newBody);
      body.prepend(row);
    } else {
      const below = [...this.#table.querySelectorAll("tbody tr")].find((other) => createdOf(other) <= createdAt);
      body = below.parentElement;
      body.insertBefore(row, below);
    }
    measure(body);
  }

  async #onClick(event) {
    const button = event.target.closest("button[data-action]");
    const id = button?.closest("[data-record]")?.dataset.record;
    if (!id || button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    if (button.dataset.action === "delete") await this.#delete(id);
    else await this.#download(id);
    button.removeAttribute("aria-disabled");
  }

  async #download(id) {
    try {
      const { url } = await this.#client.content(id);
      save(url);
      this.#fail(undefined);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #delete(id) {
    const { signal } = this.#stopped;
    const name = readable(this.#rows.get(id).record.name);
    if (!(await confirmDelete(name, signal))) return;
    try {
      await this.#client.remove(id);
    } catch (error) {
      if (!signal.aborted) this.#fail(error, `${name} was not deleted.`);
      return;
    }
    this.#announce.say("deleted", `${name} is deleted.`, (many) => `${count(many, "file")} deleted.`);
    try {
      const record = await this.#client.record(id);
      if (signal.aborted) return;
      this.#put(record, false);
      // The button that had the focus is gone.
      const { element } = this.#rows.get(id);
      element.tabIndex = -1;
      element.focus();
      this.#fail(undefined);
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }
}

/** Storage answers with an attachment, so the new tab closes at once and this page stays open. */
function save(url) {
  if (!/^https?:$/.test(new URL(url).protocol)) throw new TypeError("the address is not http");
  const link = make("a", { href: url, target: "_blank", rel: "noopener noreferrer" });
  link.click();
}

function newBody() {
  return make("tbody", { role: "rowgroup", class: "chunk" });
}

function createdOf(row) {
  return Number(row.dataset.created);
}

function cell(name, ...children) {
  return make("td", { role: "cell", class: name }, ...children);
}

function statusOf(status, verified) {
  return status === "stored" && verified ? [icon("check"), "Verified"] : [STATUS[status] ?? status];
}

function makeRow(record) {
  const { id, name, path, size, type, status, verified, crc64nvme, createdAt, storedAt, visibility } = record;
  const at = storedAt ?? createdAt;
  const caution = withheld(record);
  const sign = caution ? [record.withheld === "scan_pending" ? "Being scanned" : "Withheld"] : statusOf(status, verified);
  const facts = [type];
  if (visibility === "public") facts.push("public");
  if (record.scan === "clean") facts.push("scanned");
  const action = (what, title) =>
    make(
      "button",
      { type: "button", class: "button icon", title, "aria-label": `${title} ${name}`, data: { action: what } },
      icon(what),
    );
  const actions = [];
  if (status === "stored" && !caution) actions.push(action("download", "Download"));
  if (status === "stored") actions.push(action("delete", "Delete"));
  return make(
    "tr",
    { role: "row", data: { record: id, status, verified: String(verified), created: String(createdAt) } },
    make(
      "th",
      { role: "rowheader", scope: "row", class: "r-name" },
      showName(make("span", { class: "name" }), name, path),
      make("span", { class: "facts" }, facts.join(" · ")),
      ...(caution ? [make("span", { class: "caution" }, caution)] : []),
    ),
    cell("r-size num", bytes(size)),
    cell("r-sum", crc64nvme ? make("code", {}, crc64nvme) : "–"),
    cell("r-status", make("span", { class: "sign" }, ...sign)),
    cell("r-time", make("time", { dateTime: new Date(at).toISOString(), title: momentInFull(at) }, moment(at))),
    cell("r-get", ...actions),
  );
}
