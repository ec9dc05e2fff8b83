// Announcements for screen readers: final states only, batched so that many files do not flood the reader.
// https://developer.mozilla.org/en-US/docs/Web/Accessibility/ARIA/Guides/Live_regions

const GATHER_MS = 1_000;
const AT_MOST = 3;

/** An announcer over a polite live region; `say(kind, text, summary)` queues one sentence. */
export function announcer(region) {
  const waiting = new Map();
  let timer;

  function flush() {
    timer = undefined;
    const sentences = [];
    for (const { texts, summary } of waiting.values()) {
      if (texts.length > AT_MOST) sentences.push(summary(texts.length));
      else sentences.push(...texts);
    }
    waiting.clear();
    region.textContent = sentences.join(" ");
  }

  return {
    say(kind, text, summary = () => text) {
      const entry = waiting.get(kind) ?? { texts: [], summary };
      entry.texts.push(text);
      waiting.set(kind, entry);
      timer ??= setTimeout(flush, GATHER_MS);
    },
  };
}
