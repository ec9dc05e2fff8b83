// How values come from the module: frozen, so that what a page is given stays as it was.

/** A frozen object; `names` has a space between each. What is undefined is left out. */
export function record(names, values) {
  const object = {};
  names.split(" ").forEach((name, at) => {
    if (values[at] !== undefined) object[name] = values[at];
  });
  return Object.freeze(object);
}

/** A frozen array. */
export function list(values) {
  return Object.freeze(values);
}

/** A frozen object of texts from key, value, key, value. */
export function entries(values) {
  const pairs = [];
  for (let at = 0; at < values.length; at += 2) pairs.push([values[at], values[at + 1]]);
  return Object.freeze(Object.fromEntries(pairs));
}

/** Lets methods work without their object, as in `const { subscribe } = client`. */
export function bind(object, names) {
  for (const name of names.split(" ")) Object.defineProperty(object, name, { value: object[name].bind(object) });
}

/** What a function gives; undefined if it throws. Values of the application may throw wherever they are touched. */
export function attempt(work) {
  try {
    return work();
  } catch {
    return undefined;
  }
}

const { get: sizeOf } = Object.getOwnPropertyDescriptor(Blob.prototype, "size");

/** The size of a `Blob` or `File` of any window; undefined for what only acts as one. */
export const blobSize = (value) => attempt(() => sizeOf.call(value));

/** Listens to several events of one target; gives the function that ends that. */
export function listen(target, names, hear) {
  for (const name of names) target.addEventListener(name, hear);
  return () => {
    for (const name of names) target.removeEventListener(name, hear);
  };
}

/** Calls a function of the application; its exception goes to the page's `error` event, as a listener's. */
export function notify(callback, argument) {
  try {
    callback?.(argument);
  } catch (error) {
    // Only very old browsers lack it; there the exception is lost, and the upload goes on.
    globalThis.reportError?.(error);
  }
}

/** A promise with the functions that settle it. Its rejection never counts as unhandled. */
export function deferred() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  made.promise.catch(() => {});
  return made;
}

/** `count` random numbers of 64 bits; zeros where there is no source of randomness. */
export function random(count) {
  const numbers = new BigUint64Array(count);
  return globalThis.crypto?.getRandomValues(numbers) ?? numbers;
}
