// The few assertions that the cases need; each says what it found.

export function equal(found, wanted, what = "value") {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what}: found ${a}, wanted ${b}`);
}

export function ok(value, what) {
  if (!value) throw new Error(what);
}

export async function rejection(promise, what = "promise") {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`${what} did not reject`);
}

export function thrown(action, what = "call") {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error(`${what} did not throw`);
}

export async function until(check, what, limitMs = 5_000) {
  const end = performance.now() + limitMs;
  while (!check()) {
    if (performance.now() > end) throw new Error(`never: ${what}`);
    await new Promise((done) => setTimeout(done, 5));
  }
}
