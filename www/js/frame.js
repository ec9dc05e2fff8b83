// Work on the page happens at most once a frame, and only for what changed.

/** How long one frame may spend on the page's own updates, in milliseconds. */
const BUDGET_MS = 8;

/**
 * Collects items and hands each of them, once, to `work` in the next frame; what does not fit into the
 * frame's budget goes on in the one after. A hidden page gets no frames, so a timer stands in.
 */
export function batch(work) {
  const waiting = new Set();
  let armed = false;

  function arm() {
    if (armed) return;
    armed = true;
    if (document.hidden) setTimeout(run, 100);
    else requestAnimationFrame(run);
  }

  function run() {
    armed = false;
    const until = performance.now() + BUDGET_MS;
    for (const item of waiting) {
      waiting.delete(item);
      work(item);
      if (performance.now() > until) break;
    }
    if (waiting.size > 0) arm();
  }

  document.addEventListener("visibilitychange", () => {
    // A frame asked for just before the page was hidden would never come.
    if (document.hidden && armed) setTimeout(() => armed && run(), 100);
  });

  return {
    add(item) {
      waiting.add(item);
      arm();
    },
    clear() {
      waiting.clear();
    },
  };
}
