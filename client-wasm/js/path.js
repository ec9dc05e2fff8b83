// What was measured of the path to storage, kept for later pages.

const DAY_MS = 86_400_000;
/** Of Chromium alone: https://developer.mozilla.org/docs/Web/API/NetworkInformation/type
 * @typedef {{ connection?: { type?: string } }} Connected */

/** Changes, for example, from Wi-Fi to mobile data; undefined where the browser does not say. */
const network = () => /** @type {Connected} */ (navigator).connection?.type;

/** Keeps for later pages what was measured of the path to storage.
 * @param {string} api
 * @param {...number} path */
export function keepPath(api, ...path) {
  try {
    localStorage[`crowfly ${api}`] = JSON.stringify([Date.now(), network(), ...path]);
  } catch {
    // Refused, full, or a worker, which has none.
  }
}

/** One of the numbers that a page has measured within a day, by the same kind of network; 0 or no number if none has.
 * @param {string} api
 * @param {number} place
 * @returns {number} */
export function keptPath(api, place) {
  try {
    const [at, type, ...path] = JSON.parse(localStorage[`crowfly ${api}`]);
    if (Date.now() - at < DAY_MS && type == network()) return +path[place];
  } catch {
    // Nothing of ours.
  }
  return 0;
}
