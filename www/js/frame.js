// DOM updates happen at most once a frame, and only for what changed.

/** Longest and shortest time that one frame spends on the page's own updates, in milliseconds. */
const MOST_MS = 8;
const LEAST_MS = 1;
/** Frames further apart than this, in milliseconds, mean that the updates cost too much. */
const SLOW_FRAME_MS = 34;

/**
 * Collects items and passes each of them once to `work` in the next frame; what exceeds the frame's budget
 * continues in the one after. The budget shrinks while frames are late, because the layout of a new row costs more
 * than its script. A hidden page gets no frames, so a timer replaces them:
 * https://developer.mozilla.org/en-US/docs/Web/API/Window/requestAnimationFrame
 */
export function batch(work) {
  const waiting = new Set();
  let armed = false;
  let budget = MOST_MS;
  let before = 0;

  function arm() {
    if (armed) return;
    armed = true;
    if (document.hidden) setTimeout(run, 100);
    else requestAnimationFrame(run);
  }

  function run() {
    if (!armed) return;
    armed = false;
    const now = performance.now();
    const late = before > 0 && now - before > SLOW_FRAME_MS;
    budget = late ? Math.max(LEAST_MS, budget / 2) : Math.min(MOST_MS, budget * 1.25);
    for (const item of waiting) {
      waiting.delete(item);
      work(item);
      if (performance.now() > now + budget) break;
    }
    before = waiting.size > 0 ? now : 0;
    if (waiting.size > 0) arm();
  }

  document.addEventListener("visibilitychange", () => {
    // A frame requested just before the page was hidden would never run.
    if (document.hidden && armed) setTimeout(run, 100);
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
