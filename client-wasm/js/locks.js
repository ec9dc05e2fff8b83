// Web Locks: which clients of which tabs live. https://developer.mozilla.org/docs/Web/API/Web_Locks_API

/** Takes a lock of this name. Rejects where there are no Web Locks.
 * @param {string} name
 * @returns {Promise<() => void>} lets go of it */
export function hold(name) {
  return new Promise((held, refused) => {
    /** @returns {Promise<void>} */
    const keep = () => new Promise((release) => held(release));
    // Where there are no locks this throws, which rejects.
    navigator.locks.request(name, keep).catch(refused);
  });
}

/** Whether anybody holds the lock of this name. Rejects where there are no Web Locks.
 * @param {string} name
 * @returns {Promise<boolean>} */
export async function isHeld(name) {
  const { held } = await navigator.locks.query();
  return (held ?? []).some((lock) => lock.name === name);
}
