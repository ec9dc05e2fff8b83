// One clock that never goes back and, other than `performance.now()`, goes on while the computer sleeps.

/** The wall clock is believed only when it is this far ahead: smaller steps are corrections of it. */
const SLEEP_MS = 20_000;

let slept = 0;
let last;

/** Milliseconds since some moment of this page. */
export function now() {
  const next = { awake: performance.now(), wall: Date.now() };
  if (last) {
    const ahead = next.wall - last.wall - (next.awake - last.awake);
    if (ahead > SLEEP_MS) slept += ahead;
  }
  last = next;
  return Math.floor(next.awake + slept);
}
