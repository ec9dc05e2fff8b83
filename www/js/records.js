// The records of the signed-in person: read page by page, searched and sorted among those that were read.

import { confirmDelete } from "./ask.js";
import { byId, details, make, setText } from "./dom.js";
import { count, readable } from "./format.js";
import { SILENT, explain } from "./messages.js";
import { recordRow } from "./record-row.js";
import { matching, sorted } from "./record-order.js";

/** Rows that are shown at first, and by which the list grows. */
const ROWS = 15;
/** Records of one read; while a search looks for older ones, the most that the service gives. */
const PAGE = 25;
const SEARCH_PAGE = 100;
/** Shortest time between two changes of the table, in milliseconds. */
const CALM_MS = 200;

export class Records {
  #client;
  #announce;
  #records = new Map();
  /** Rows by id: the element, and what it shows. */
  #rows = new Map();
  /** Uploads that the uploader asks about: they are not shown twice. */
  #resumable = new Set();
  #fresh = new Set();
  #cursor;
  #loading;
  #limit = ROWS;
  #order = "time-down";
  #wanted = "";
  #timer;
  #table = byId("records");
  #body = byId("records-rows");
  #problem = byId("records-problem");
  #more = byId("more");
  #stopped = new AbortController();

  constructor(client, announce) {
    this.#client = client;
    this.#announce = announce;
    const { signal } = this.#stopped;
    const on = (element, type, listener) => element.addEventListener(type, listener, { signal });
    on(this.#table, "click", (event) => this.#onClick(event));
    on(this.#more, "click", () => this.#showMore());
    on(byId("refresh"), "click", () => this.#load());
    on(byId("search"), "input", ({ target }) => this.#search(target.value));
    on(byId("sort"), "change", ({ target }) => this.#sort(target.value));
    this.#sort("time-down");
  }

  /** Reads the first page. */
  open() {
    return this.#load();
  }

  /** Shows a record that was just processed. */
  add(record) {
    if (this.#stopped.signal.aborted) return;
    this.#records.set(record.id, record);
    this.#fresh.add(record.id);
    this.#later();
  }

  /** Says that a file is stored and its record did not come. */
  late(error) {
    if (!["aborted", "closed"].includes(explain(error).code)) this.#fail(error, "A record did not come.");
  }

  /** Says that the service has not answered yet; the first answer removes it. */
  unanswered(message) {
    const facts = `${message}. A token without the right audience or scope looks the same where the refusal has no CORS headers.`;
    this.#say(SILENT, facts);
  }

  /** Forgets all records. */
  stop() {
    this.#stopped.abort();
    clearTimeout(this.#timer);
    this.#records.clear();
    this.#rows.clear();
    this.#body.replaceChildren();
    byId("search").value = "";
    for (const element of [this.#table, byId("records-empty"), this.#more, this.#problem]) element.hidden = true;
    setText(byId("records-count"), "");
  }

  async #load(cursor) {
    if (this.#loading) return;
    this.#loading = true;
    this.#more.disabled = true;
    try {
      const limit = this.#wanted ? SEARCH_PAGE : PAGE;
      const [page, left] = await Promise.all([
        this.#client.records({ limit, ...(cursor ? { cursor } : {}) }),
        this.#client.resumable().catch(() => []),
      ]);
      if (this.#stopped.signal.aborted) return;
      this.#resumable = new Set(left.map(({ id }) => id));
      for (const record of page.uploads) this.#records.set(record.id, record);
      // Reading the first page again must not reset the position in the list.
      if (cursor !== undefined || this.#cursor === undefined) this.#cursor = page.cursor;
      this.#fail(undefined);
    } catch (error) {
      if (!this.#stopped.signal.aborted) this.#fail(error);
    } finally {
      this.#loading = false;
      this.#more.disabled = false;
      if (!this.#stopped.signal.aborted) this.#show();
    }
  }

  #showMore() {
    this.#limit += ROWS;
    if (this.#cursor !== undefined && this.#visible().length < this.#limit) return this.#load(this.#cursor);
    return this.#show();
  }

  #search(text) {
    this.#wanted = text.trim();
    this.#limit = ROWS;
    this.#later();
  }

  #sort(order) {
    this.#order = order;
    byId("sort").value = order;
    const [column, way] = order.split("-");
    for (const head of this.#table.tHead.querySelectorAll("[data-column]")) {
      if (head.dataset.column === column) head.ariaSort = way === "up" ? "ascending" : "descending";
      else head.removeAttribute("aria-sort");
    }
    this.#later();
  }

  #later() {
    this.#timer ??= setTimeout(() => this.#show(), CALM_MS);
  }

  /** The records that are looked for, without those that the uploader shows. */
  #visible() {
    const here = new Set(this.#client.snapshot().uploads.map(({ id }) => id));
    const elsewhere = ({ id, status }) => status !== "pending" || !(here.has(id) || this.#resumable.has(id));
    return matching([...this.#records.values()].filter(elsewhere), this.#wanted);
  }

  #show() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const found = this.#visible();
    const shown = sorted(found, this.#order).slice(0, this.#limit);
    const { activeElement } = document;
    const focused = this.#body.contains(activeElement) && activeElement.closest("[data-record]")?.dataset.record;
    shown.forEach((record, at) => {
      const row = this.#row(record);
      // Only what is not in its place moves, so that the keyboard focus stays.
      if (this.#body.children[at] !== row) this.#body.insertBefore(row, this.#body.children[at] ?? null);
    });
    while (this.#body.childElementCount > shown.length) this.#body.lastElementChild.remove();
    // A row that was moved or made anew has lost the focus.
    if (focused && document.activeElement !== activeElement) {
      const { action } = activeElement.dataset;
      this.#rows.get(focused)?.element.querySelector(`[data-action="${action}"]`)?.focus({ preventScroll: true });
    }
    this.#count(shown.length, found.length);
  }

  #row(record) {
    const known = this.#rows.get(record.id);
    if (known?.record === record) return known.element;
    const element = recordRow(record, this.#fresh.delete(record.id));
    known?.element.replaceWith(element);
    this.#rows.set(record.id, { element, record });
    return element;
  }

  #count(shown, found) {
    const older = this.#cursor !== undefined;
    const none = this.#records.size === 0;
    this.#table.hidden = found === 0;
    byId("records-empty").hidden = !none || !this.#problem.hidden || older;
    this.#more.hidden = !older && shown === found;
    setText(this.#more, shown === found && this.#wanted ? "Search older records" : "Show more");
    const among = older ? `the newest ${count(this.#records.size, "record")}` : count(this.#records.size, "record");
    const words = this.#wanted ? `${count(found, "match").replace("matchs", "matches")} among ${among}.` : `${shown} of ${among} shown.`;
    setText(byId("records-count"), none ? "" : words);
  }

  #fail(error, what = "The records could not be read.") {
    this.#problem.hidden = !error;
    if (!error) return this.#problem.replaceChildren();
    const { sentence, facts } = explain(error);
    this.#say(`${what} ${sentence}`, facts);
  }

  #say(sentence, facts) {
    this.#problem.hidden = false;
    this.#problem.replaceChildren(make("span", { class: "sentence" }, sentence), details(facts));
    byId("records-empty").hidden = true;
  }

  async #onClick({ target }) {
    const column = target.closest("button[data-sort]")?.dataset.sort;
    if (column) return this.#sort(this.#order === `${column}-down` ? `${column}-up` : `${column}-down`);
    const button = target.closest("button[data-action]");
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
    const name = readable(this.#records.get(id).name);
    if (!(await confirmDelete(name, signal))) return;
    try {
      await this.#client.remove(id);
    } catch (error) {
      if (!signal.aborted) this.#fail(error, `${name} was not deleted.`);
      return;
    }
    this.#announce.say("deleted", `${name} is deleted.`, (many) => `${count(many, "file")} deleted.`);
    try {
      this.#records.set(id, await this.#client.record(id));
      if (signal.aborted) return;
      this.#show();
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
