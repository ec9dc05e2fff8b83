// The driver: the only one to touch the engine.
//
// An input that comes from within a callback waits in the inbox until the drain that is under way takes it.
import { Api } from "./api.js";
import { now } from "./clock.js";
import { invalidOption, refused } from "./error.js";
import { Pool, probe, readFirst } from "./hash.js";
import { Journal } from "./journal.js";
import { Keeper } from "./keeper.js";
import { Signer } from "./signer.js";
import { Store } from "./store.js";
import { tell } from "./tell.js";
import { TokenSource } from "./token.js";
import { endUnheard } from "./upload.js";
import { attempt, blobSize, listen, notify, random, record } from "./values.js";
import { send } from "./xhr.js";

/** Longer than this the engine does not hold the page in one turn, however much it is asked for. */
const DRAIN_MS = 12;
const noWorker = (why) =>
  "no worker could be started, so checksums are computed in the page: " +
  (why || "its script could not be loaded, or the page's content security policy refuses it (worker-src)");

const THROWS = "the file cannot be read: what stands for it throws";
const NO_ITEM = "upload: name, size, type or metadata of the file are not what they must be";

/** One client's engine, its adapters and what runs. */
export class Driver {
  closed = false;
  store = new Store();
  #inbox = [];
  #draining = false;
  /** When the engine's work of this turn of the page began, and whether the turn's end is waited for. */
  #since;
  #ending = false;
  /** The rest of the inbox waits for another turn. */
  #later = false;
  #timer;
  /** What ends a request, by its number. */
  #requests = new Map();
  /** Reads that have not ended, by the engine's number. */
  #reads = new Map();
  #nextRead = 0;
  #unlisten;

  constructor(core, settings, worker) {
    Object.assign(this, { core, settings });
    core.start(settings.concurrency, settings.tokenTimeoutMs + 1_000, settings.pollTimeoutMs, Math.random());
    this.token = new TokenSource(settings.token, settings.tokenTimeoutMs);
    this.backend = settings.signer ? new Signer(settings.signer) : new Api(core, settings.api, this.token);
    this.pool = new Pool(core, worker, {
      hear: (request, read) => this.feed((at) => core.progress(at, request, read)),
      done: (request, crc, failure) => this.finish(request, (at) => core.hashed(at, request, crc ?? 0n, failure)),
      warn: (why) => this.warn("worker_unavailable", noWorker(why)),
    });
    if (settings.resume) this.keeper = new Keeper(this, new Journal(settings, this));
    const self = new WeakRef(this);
    const hear = ({ type }) => self.deref()?.feed((at) => core.happen(at, type));
    this.#unlisten = listen(globalThis, ["online", "offline"], hear);
    if (globalThis.navigator?.onLine === false) this.feed((at) => core.happen(at, "offline"));
    this.keeper?.begin();
  }

  /** Tells the application what works, but not as well as it could. */
  warn(code, message, upload) {
    const { onWarning } = this.settings;
    if (onWarning) notify(onWarning, record("code message upload", [code, message, upload]));
    else console.warn(`crowfly: ${message}`);
  }

  /** A new ULID. */
  newId() {
    const [most, more] = random(2);
    return this.core.ulid(Date.now(), most, Number(more & 0xffffn));
  }

  /** Gives the engine an input and does all that it then asks for. */
  feed(input) {
    this.#inbox.push(input);
    this.#go();
  }

  #go() {
    if (this.#draining || this.#later) return;
    this.#draining = true;
    try {
      this.#drain();
    } finally {
      this.#draining = false;
    }
    if (this.closed) this.#tearDown();
    else this.store.notify();
  }

  /** Goes on at the end of this turn of the page, once. */
  #soon() {
    if (this.#ending) return;
    this.#ending = true;
    queueMicrotask(() => {
      this.#ending = false;
      this.#since = undefined;
      if (this.#inbox.length > 0) this.#go();
    });
  }

  #drain() {
    this.#since ??= performance.now();
    this.#soon();
    for (;;) {
      const output = this.core.poll();
      if (output.do) this.#run(output);
      else if (output.event) tell(this, output);
      else if (this.#inbox.length === 0) return this.#arm(output.idle);
      else if (!this.closed && performance.now() - this.#since > DRAIN_MS) return this.#yield();
      else this.#inbox.shift()(now());
    }
  }

  #yield() {
    this.#later = true;
    setTimeout(() => {
      this.#later = false;
      if (!this.closed) this.#go();
    });
  }

  /** Gives the engine the reply to a request, unless it was cancelled. */
  finish(request, reply) {
    if (!this.#requests.has(request)) return;
    this.#end(request);
    this.feed(reply);
  }

  /** What the application wants of one upload. */
  ask(what, entry) {
    // One whose file is still being opened has not been added; what opens it looks at this.
    if (entry.opening) entry.opening(what);
    else this.feed((at) => this.core.ask(at, what, entry.id));
  }

  /** Adds an upload, whose file `open` sets if it is not known yet. Nothing is told of it, and its file is not
   * looked at, before the caller has its handle. */
  add(entry, open, resumed = false) {
    this.#inbox.push((at) => {
      try {
        open?.();
      } catch (cause) {
        return this.#refuse(entry, refused("file_unreadable", THROWS, cause));
      }
      const { id, name, visibility, metadata, priority, checksum, requireVerified } = entry.given;
      const item = { id, name, size: entry.size, type: entry.type, visibility, metadata };
      // The engine hears of nothing that it cannot work on; what it has not heard of it cannot end.
      const added = this.core.add(at, item, priority ?? 0, checksum !== "none", requireVerified === true, resumed);
      if (added) return undefined;
      return this.#refuse(entry, invalidOption(NO_ITEM));
    });
    this.#soon();
  }

  /** Fails an upload that the engine has not heard of; what is asked of it later is answered here. */
  #refuse(entry, error) {
    entry.setFile(undefined, "", 0);
    entry.opening = (what) => {
      if (what === "abort") endUnheard(this, entry);
      if (what === "retry") endUnheard(this, entry, error);
    };
    endUnheard(this, entry, error);
  }

  /** Has records read. */
  read(read) {
    const number = (this.#nextRead += 1);
    this.#reads.set(number, read);
    this.feed((at) => this.core.startRead(at, number));
  }

  /** The engine has ended a read, with a failure or without. */
  endRead(number, failure, cause) {
    const read = this.#reads.get(number);
    this.#reads.delete(number);
    read?.end(failure, cause);
  }

  /** Ends everything: uploads under way fail with `closed`, and nothing is left running. */
  close() {
    if (this.closed) return;
    this.closed = true;
    for (const entry of this.store.open()) entry.opening?.("close");
    // Not a moment for others to come first.
    this.#later = false;
    this.feed((at) => this.core.happen(at, "close"));
  }

  /** Starts what the engine asks for. */
  #run(command) {
    const { core } = this;
    const { request, upload, body } = command;
    switch (command.do) {
      case "hash":
        return this.#hash(command);
      case "token":
        this.#requests.set(request);
        return void this.token.ask(body).then((life) => this.finish(request, (at) => core.token(at, request, life)));
      case "save": {
        this.#requests.set(request);
        const saved = () => this.finish(request, (at) => core.saved(at, request));
        const entry = this.store.find(upload);
        const saving = entry && this.keeper?.save(entry, JSON.parse(body));
        return void Promise.resolve(saving).then(saved, saved);
      }
      case "noteCancel":
        return void this.keeper?.noteCancel(upload);
      case "erase":
        return void this.keeper?.erase(upload);
      case "read":
        return this.#read(command);
      case "send":
        return this.#send(command);
      case "cancel":
        this.pool.cancel(request);
        return this.#end(request);
      default:
        if (request !== undefined) this.#call(command);
    }
  }

  #hash({ request, upload, start, end }) {
    this.#requests.set(request);
    const entry = this.store.find(upload);
    const look = (bytes) => this.#look(entry, bytes);
    if (entry?.file) this.pool.start(request, entry.file, start, end, look);
    else this.finish(request, (at) => this.core.hashed(at, request, 0n, "unreadable"));
  }

  #read({ request, body: number }) {
    const { core } = this;
    const read = this.#reads.get(number);
    const controller = new AbortController();
    this.#requests.set(request, () => controller.abort());
    this.backend.call("GET", read.path, undefined, controller.signal).then((answer) => {
      const taken = read.take(core, answer);
      this.finish(request, (at) => (taken ? core.readDone(at, request) : core.answered(at, request, "read", answer)));
    });
  }

  #call({ do: route, request, upload, body }) {
    const controller = new AbortController();
    this.#requests.set(request, () => controller.abort());
    this.backend.ask(route, upload, body, controller.signal).then((answer) => {
      this.finish(request, (at) => this.core.answered(at, request, route, answer));
    });
  }

  #send({ request, upload, start, end, url, headers }) {
    const entry = this.store.find(upload);
    const file = entry?.file;
    const sent = (outcome, refusal) => {
      this.finish(request, (at) => this.core.sent(at, request, outcome, refusal));
    };
    const moved = (bytes) => this.feed((at) => this.core.progress(at, request, bytes));
    // A file that changed on disk looks like a lost connection.
    const ended = (outcome, refusal) => {
      if (outcome !== "network") return sent(outcome, refusal);
      return void probe(file, start, end).then((failure) => sent(failure ?? outcome));
    };
    this.#requests.set(request);
    const body = attempt(() => bodyOf(file, start, end, headers));
    // What only acts as a file would be sent as its text.
    if (blobSize(body) !== end - start) return sent("unreadable");
    try {
      this.#requests.set(request, send(url, headers, body, moved, ended));
    } catch {
      sent("network");
      return;
    }
    // Without a checksum nobody has read the file before.
    if (start === 0 && !entry.looked) void readFirst(file).then((bytes) => bytes && this.#look(entry, bytes));
  }

  /** Warns, once an upload, if the file's first bytes are not what its type says. */
  #look(entry, bytes) {
    if (entry.looked || this.closed) return;
    entry.looked = true;
    const told = this.core.mismatch(entry.type, bytes);
    if (told) this.warn("type_mismatch", told, entry.id);
  }

  #end(request) {
    const end = this.#requests.get(request);
    this.#requests.delete(request);
    end?.();
  }

  /** Sets the timer, unless it stands right. */
  #arm(deadline) {
    if (this.#timer?.deadline === deadline) return;
    clearTimeout(this.#timer?.id);
    this.#timer = undefined;
    if (deadline === undefined) return;
    const tick = () => {
      this.#timer = undefined;
      this.feed((at) => this.core.happen(at, "tick"));
    };
    const wait = Math.min(Math.max(0, deadline - now()), 2 ** 31 - 1);
    this.#timer = { deadline, id: setTimeout(tick, wait) };
  }

  #tearDown() {
    this.#arm();
    this.#unlisten?.();
    for (const request of [...this.#requests.keys()]) this.#end(request);
    this.pool.close();
    this.token.close();
    this.keeper?.close();
    this.store.close();
  }
}

/** What is sent. A slice has no type, so the browser adds no content type of its own; the file itself, which costs
 * less, will do where the grant names the content type. */
function bodyOf(file, start, end, headers) {
  const whole = start === 0 && end === file.size;
  return whole && blobSize(file) === end && headers.includes("content-type") ? file : file.slice(start, end);
}
