// Which functions of a module are alike: those that share the most substrings of their bytes.

/** The substrings of these lengths: which function has which, what sharing each is worth, and what all of a function's
 * are worth together. */
export function substrings(bodies, lengths) {
  const ids = new Map();
  const holders = []; // of each part
  const parts = bodies.map((body, index) => {
    const own = new Set();
    for (const length of lengths) {
      for (let at = 0; at + length <= body.length; at += 1) {
        const part = body.toString("latin1", at, at + length);
        if (!ids.has(part)) ids.set(part, holders.push([]) - 1);
        own.add(ids.get(part));
      }
    }
    for (const id of own) holders[id].push(index);
    return [...own];
  });
  // A substring that occurs once cannot be shared, and one that occurs everywhere does not distinguish.
  const worth = holders.map((all) => (all.length > 1 ? Math.log2(bodies.length / all.length) : 0));
  const whole = parts.map((own) => (own.reduce((sum, id) => sum + worth[id], 0) + 10) ** 0.9);
  return { parts, holders, worth, whole };
}

/** The same numbers from 0 to 1 in each build: xorshift32. https://www.jstatsoft.org/article/view/v008i14 */
export function chance(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Greedy: the next function is the one that shares most of its substrings with the last bytes of the window. */
export function order(bodies, { parts, holders, worth, whole }, window, noise, random) {
  const shared = new Float64Array(bodies.length);
  const near = new Uint32Array(holders.length);
  const count = (index, by) => {
    for (const id of parts[index]) {
      const before = near[id];
      near[id] += by;
      if (before > 0 && near[id] > 0) continue;
      for (const holder of holders[id]) shared[holder] += by * worth[id];
    }
  };
  const left = new Set(bodies.keys());
  const out = [];
  let next = bodies.reduce((best, body, index) => (body.length < bodies[best].length ? index : best), 0);
  for (let first = 0, bytes = 0; left.size > 0; ) {
    out.push(next);
    left.delete(next);
    count(next, 1);
    bytes += bodies[next].length;
    for (; bytes > window && first < out.length - 1; first += 1) {
      bytes -= bodies[out[first]].length;
      count(out[first], -1);
    }
    let best = -Infinity;
    for (const index of left) {
      const share = (shared[index] / whole[index]) * (1 + noise * random());
      if (share > best) [best, next] = [share, index];
    }
  }
  return out;
}

/** Inserts each of these functions after the one in the order that it shares most with. */
export function insert(places, missing, { parts, holders, worth, whole }) {
  const placed = new Set(places);
  for (const index of missing) {
    const shared = new Map();
    for (const id of parts[index]) {
      for (const holder of holders[id]) {
        if (placed.has(holder)) shared.set(holder, (shared.get(holder) ?? 0) + worth[id] / whole[holder]);
      }
    }
    const [after] = [...shared].reduce((best, other) => (other[1] > best[1] ? other : best), [places.at(-1), 0]);
    places.splice(places.indexOf(after) + 1, 0, index);
    placed.add(index);
  }
}
