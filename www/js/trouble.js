// The switch that makes trouble, where the page's server has a fault proxy between this page and storage: a local run.

import { byId, make, setText } from "./dom.js";
import { count } from "./format.js";

/** What each kind of the server does, in words. */
const KINDS = {
  drop: ["Drop connections", "What is on its way breaks off, and so does half of what follows."],
  busy: ["503 SlowDown", "Storage says to most requests that it is asked too much."],
  stall: ["Stall", "Requests stop in the middle and nothing comes any more."],
  expire: ["Expire the URLs", "Storage refuses the presigned URLs, as it does after their time."],
  slow: ["Go slow", "Each connection carries at most 4 MB a second."],
};

/** Shows the switch for the server's `address`. `flow` hears of trouble, and says what the client made of it. */
export function troubleSwitch(address, flow) {
  const words = byId("trouble-words");
  const buttons = new Map();
  /** The time at which each kind ends by itself, by this page's clock. */
  const ends = new Map();
  let timer;
  let before = { retries: 0, resent: 0 };

  function show() {
    clearTimeout(timer);
    const now = performance.now();
    for (const [kind, at] of ends) if (at <= now) ends.delete(kind);
    for (const [kind, button] of buttons) button.setAttribute("aria-pressed", String(ends.has(kind)));
    // A slow link is no trouble to recover from.
    const bad = [...ends.keys()].some((kind) => kind !== "slow");
    if (bad !== show.bad) {
      show.bad = bad;
      flow.trouble(bad);
    }
    if (ends.size > 0) timer = setTimeout(show, Math.min(...ends.values()) - now + 20);
  }
  show.bad = false;

  async function toggle(kind) {
    const on = !ends.has(kind);
    if (!show.bad) before = { retries: flow.recovery.retries, resent: flow.recovery.resent };
    try {
      const response = await fetch(address, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ kind, on }),
      });
      if (!response.ok) throw new Error(`the page's server answered ${response.status}`);
      const { forMs } = await response.json();
      if (on) ends.set(kind, performance.now() + forMs);
      else ends.delete(kind);
      const [, sentence] = KINDS[kind];
      if (on) setText(words, `${sentence} For ${Math.round(forMs / 1000)} s.`);
      else if (words.textContent.startsWith(sentence)) setText(words, "");
      show();
    } catch (error) {
      setText(words, `There is no trouble to be had: ${error.message}.`);
    }
  }

  flow.onMark = (mark) => {
    if (mark !== "recovered") return;
    const { retries, resent, tookMs } = flow.recovery;
    const again = count(resent - before.resent, "part");
    const steps = count(retries - before.retries, "step");
    setText(words, `Recovered after ${(tookMs / 1000).toFixed(1)} s: ${steps} repeated, ${again} sent again.`);
  };
  for (const [kind, [label, title]] of Object.entries(KINDS)) {
    const button = make("button", { type: "button", class: "button kind", title, "aria-pressed": "false", data: { trouble: kind } }, label);
    button.addEventListener("click", () => toggle(kind));
    buttons.set(kind, button);
  }
  byId("kinds").replaceChildren(...buttons.values());
  byId("trouble").hidden = false;
  return () => {
    clearTimeout(timer);
    byId("trouble").hidden = true;
    setText(words, "");
  };
}
