// The members of the objects that the page holds.

/** An object of the module, whose `member` carries out the member of a place in the table of its class.
 * @typedef {{ member(place: number, first?: unknown, second?: unknown): unknown }} Held */

/** Gives an object its getters and methods, in the order of the table. The methods work without it, as in
 * `const { pause } = upload`.
 * @param {Held} object
 * @param {string} getters each name with a space after it
 * @param {string} methods the same */
export function give(object, getters, methods) {
  let place = 0;
  for (const names of [getters, methods]) {
    for (const name of names.split(" ")) {
      if (!name) break;
      const own = place++;
      /** @type {(first?: unknown, second?: unknown) => unknown} */
      const member = (first, second) => object.member(own, first, second);
      Object.defineProperty(object, name, names === getters ? { get: member } : { value: member });
    }
  }
}
