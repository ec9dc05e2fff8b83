// What a recorder shows: what to choose, what is recorded, how far it is, buttons, notices.
import { bar, fill, h, icon, readable, say, set } from "../element/dom.js";
import { bytes, percent } from "../element/format.js";
import { Level } from "./level.js";
import { clock, named } from "./words.js";

/** @import { Icon } from "../element/dom.js" */
/** @import { Kind } from "./capture.js" */
/** @import { Core } from "./core.js" */

/** The buttons, in their order, and in which states each is there.
 * @type {Readonly<Record<string, string[]>>} */
const SHOWN = {
  start: ["idle", "starting", "stored"],
  stop: ["recording"],
  retry: ["failed"],
  pause: ["recording", "sending"],
  discard: ["recording", "sending", "failed"],
  remove: ["stored"],
};

/** What is said in a while is said together. */
const SPEAK_MS = 100;
let groups = 0;

export class View {
  /** @type {Map<Kind, HTMLInputElement>} */
  #choices = new Map();
  /** @type {Map<string, HTMLButtonElement>} */
  #buttons;
  #level = new Level();
  #group = `crowfly-source-${(groups += 1)}`;
  /** The state that was last said.
   * @type {string | undefined} */
  #told;
  /** @type {string[]} */
  #sayings = [];

  /** @param {Core} core */
  constructor(core) {
    this.core = core;
    this.sources = h("div", { part: "sources", role: "radiogroup" });
    this.video = h("video", { part: "preview", playsinline: true, hidden: true });
    // As an attribute it counts when the element is made by a parser alone.
    this.video.muted = this.video.autoplay = true;
    this.time = h("div", { part: "time", role: "timer" });
    this.sums = h("span", { part: "sums" });
    this.figures = h("div", { part: "figures" }, this.time, this.sums);
    this.bar = bar();
    this.detail = h("p", { part: "detail" });
    this.#buttons = new Map(Object.keys(SHOWN).map((name) => [name, button(name, () => this.#press(name))]));
    this.actions = h("div", { part: "actions" }, ...this.#buttons.values());
    this.limits = h("p", { part: "limits" });
    this.question = h("div", { part: "prompt", role: "group", hidden: true });
    this.prompt = h("div", { part: "prompt", role: "group", hidden: true });
    this.notice = h("div", { part: "notice", hidden: true });
    this.status = h("div", { part: "status", role: "status" });
    this.stage = h("div", { part: "stage" }, this.sources, this.video, this.#level.element, this.figures, this.bar, this.detail, this.actions, this.limits);
    // A click beside the buttons is for this, and leads nowhere: the page must not jump to the first button.
    const focus = (/** @type {Event} */ { target }) => {
      if (!(/** @type {Element} */ (target).matches(":active"))) this.anchor.focus({ preventScroll: true });
    };
    this.root = h("div", { part: "frame", tabindex: -1, focus }, this.prompt, this.stage, this.question, this.notice, this.status);
  }

  /** Where the focus goes that would be lost. */
  get anchor() {
    const all = [...this.#buttons.values()];
    return all.find(({ hidden }) => !hidden) ?? /** @type {HTMLButtonElement} */ (all[0]);
  }

  /** @param {string} name of a button */
  #press(name) {
    const { recordings } = this.core;
    if (name === "start") recordings.start();
    if (name === "stop") recordings.stop();
    if (name === "retry") recordings.retry();
    if (name === "pause") recordings.run?.upload.state === "paused" ? recordings.resume() : recordings.pause();
    if (name === "discard") this.#ask(() => recordings.cancel());
    if (name === "remove") recordings.clear();
  }

  /** Shows a stream and how loud it is; without one, neither.
   * @param {MediaStream} [stream] */
  show(stream) {
    const seen = stream && stream.getVideoTracks().length > 0;
    this.video.srcObject = seen ? stream : null;
    this.video.hidden = !seen;
    this.#level.stop();
    if (stream) this.#level.start(stream);
  }

  render() {
    const { core } = this;
    const { isDisabled, recordings, words } = core;
    const { isBusy, kept, run, state } = recordings;
    const { lang } = words;
    const sending = run?.seen?.state ?? "";
    const paused = sending === "paused";
    set(this.root, "data-state", state);
    set(this.root, "data-upload", run?.upload.id ?? kept?.id);
    const had = this.stage.querySelector(":focus");
    this.#choose(isBusy || isDisabled);
    this.sources.hidden ||= ["recording", "sending", "failed"].includes(state);
    set(this.video, "aria-label", words.text("preview"));
    set(this.#level.element, "aria-label", words.text("level"));
    set(this.time, "aria-label", words.text("time"));
    const { confirmed = 0, recorded = 0, sent = 0 } = run?.seen?.progress ?? {};
    const total = Math.max(recorded, run?.bytes ?? 0);
    this.figures.hidden = !run || !["recording", "sending", "failed"].includes(state);
    say(this.time, run && !run.bytes ? this.#clock(run.ms) : "");
    say(this.sums, [words.text("recorded", { size: bytes(lang, total) }), words.text("inStorage", { size: bytes(lang, confirmed) })].join(" · "));
    this.bar.hidden = state !== "sending";
    set(this.bar, "aria-label", words.text("progress"));
    const part = total > 0 ? Math.min(1, sent / total) : 0;
    fill(this.bar, part, percent(lang, part));
    const detail = this.#detail(sending);
    say(this.detail, detail);
    this.detail.hidden = !detail;
    say(this.limits, this.#limits());
    this.limits.hidden = isBusy || !this.limits.textContent;
    for (const [name, one] of this.#buttons) {
      const word = name === "start" && state === "stored" ? "again" : name === "pause" && paused ? "resume" : name;
      say(/** @type {Node} */ (one.lastChild), words.text(word));
    }
    const pause = this.#buttons.get("pause");
    if (pause) set(pause, "data-action", paused ? "resume" : "pause");
    this.#offer(state, isDisabled);
    // What goes away does not take the focus with it.
    if (had?.closest("[hidden]")) this.anchor.focus();
    if (this.#told !== undefined && this.#told !== detail) this.#say(detail);
    this.#told = detail;
    // What ended meanwhile is not asked about any more.
    if (!this.question.hidden && (state === "idle" || state === "stored")) this.#answer();
  }

  /** Shows the buttons of a state.
   * @param {string} state
   * @param {boolean} disabled */
  #offer(state, disabled) {
    for (const [name, one] of this.#buttons) {
      one.hidden = !SHOWN[name]?.includes(state);
      // What runs can be ended in any case.
      one.disabled = disabled && (name === "start" || name === "remove");
    }
    // It keeps the focus while a person is asked.
    set(/** @type {Element} */ (this.#buttons.get("start")), "aria-disabled", state === "starting" ? "true" : null);
  }

  /** What can be chosen.
   * @param {boolean} disabled */
  #choose(disabled) {
    const { kind, kinds, words } = this.core;
    const { sources } = this;
    if (kinds.join() !== [...this.#choices.keys()].join()) {
      this.#choices = new Map(kinds.map((one) => [one, this.#choice(one)]));
      sources.replaceChildren(...[...this.#choices.values()].map((input) => /** @type {Node} */ (input.parentNode)));
    }
    set(sources, "aria-label", words.text("sources"));
    sources.hidden = kinds.length < 2;
    for (const [one, input] of this.#choices) {
      input.checked = one === kind;
      input.disabled = disabled;
      say(/** @type {Node} */ (input.nextSibling), words.text(one));
    }
  }

  /** @param {Kind} kind */
  #choice(kind) {
    // Its events are not those of the recorder, which has its own; and it is in no form.
    const change = (/** @type {Event} */ event) => {
      event.stopPropagation();
      this.core.choose(kind);
    };
    const input = h("input", { type: "radio", form: "", name: this.#group, value: kind, change, input: (event) => event.stopPropagation() });
    h("label", { part: "source" }, input, h("span"));
    return input;
  }

  /** @param {number} ms */
  #clock(ms) {
    const { maxSeconds } = this.core.host;
    return [clock(ms), ...(maxSeconds === undefined ? [] : [clock(maxSeconds * 1000)])].join(" / ");
  }

  /** What goes on, in words.
   * @param {string} sending the state of the upload */
  #detail(sending) {
    const { kind, recordings, words } = this.core;
    const { discarded, kept, state } = recordings;
    if (state === "starting") return words.text(named("asking", kind));
    if (state === "recording" || state === "sending") {
      return words.text(state + (sending === "paused" ? "Paused" : sending === "waiting" ? "Waiting" : ""));
    }
    if (state === "stored" && kept) return [words.text("stored"), bytes(words.lang, kept.size), kept.verified && words.text("verified")].filter(Boolean).join(" · ");
    if (state === "failed") return words.text("notStored");
    return discarded ? words.text("discarded") : "";
  }

  /** How much is taken here, in one line. */
  #limits() {
    const { host, words } = this.core;
    const { maxBytes, maxSeconds } = host;
    return [
      maxSeconds !== undefined && words.text("upToTime", { time: clock(maxSeconds * 1000) }),
      maxBytes !== undefined && words.text("upTo", { size: bytes(words.lang, maxBytes) }),
    ]
      .filter(Boolean)
      .join(" · ");
  }

  /** Asks before something is discarded.
   * @param {() => void} discard */
  #ask(discard) {
    const { words } = this.core;
    const answer = (/** @type {() => void} */ then) => () => {
      this.#answer();
      then();
    };
    this.offer(this.question, words.text("discardIt"), [], [
      // It has the focus: nothing is lost by a slip.
      ["keep", words.text("keep"), answer(() => {})],
      ["discard-now", words.text("discard"), answer(discard)],
    ]);
    this.question.querySelector("button")?.focus();
  }

  /** Takes the question away. */
  #answer() {
    this.offer(this.question, "", [], []);
  }

  /** Shows a question with its buttons; without a title takes it away.
   * @param {HTMLElement} prompt
   * @param {string} title
   * @param {string[]} lines
   * @param {readonly [action: string, text: string, click: () => void][]} buttons */
  offer(prompt, title, lines, buttons) {
    const focused = prompt.matches(":focus-within");
    prompt.hidden = !title;
    set(prompt, "aria-label", title);
    const all = buttons.map(([action, text, click]) => h("button", { type: "button", part: "action", "data-action": action, click }, text));
    prompt.replaceChildren(h("div", null, h("strong", null, title), ...lines.map((line) => h("p", null, readable(line)))), h("div", { part: "actions" }, ...all));
    if (focused) (all[0] ?? this.anchor).focus();
  }

  /** Shows a notice and says it; without a text takes it away.
   * @param {string} [text] */
  note(text) {
    const { notice } = this;
    const { words } = this.core;
    const focused = notice.matches(":focus-within");
    notice.hidden = !text;
    notice.replaceChildren();
    if (focused) this.anchor.focus();
    if (!text) return;
    const dismiss = button("dismiss", () => this.note());
    set(dismiss, "aria-label", words.text("dismiss"));
    notice.append(icon("alert"), h("div", null, h("p", null, text)), dismiss);
    this.#say(text);
  }

  /** Speaks in a while of what came until then, all at once.
   * @param {string} text */
  #say(text) {
    if (!text || this.#sayings.push(text) > 1) return;
    setTimeout(() => (this.status.textContent = this.#sayings.splice(0).join(" ")), SPEAK_MS);
  }
}

/** @type {Readonly<Record<string, Icon>>} */
const ICONS = { retry: "retry", discard: "abort", remove: "remove", dismiss: "remove" };

/** @param {string} name
 * @param {() => void} click */
function button(name, click) {
  const given = { type: "button", part: "action", "data-action": name, click };
  const look = ICONS[name];
  return h("button", given, ...(look ? [icon(look)] : []), h("span"));
}
