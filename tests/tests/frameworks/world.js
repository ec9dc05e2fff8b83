// What the test sees of its own components.
import { createClient } from "crowfly";

export const lab = (window.lab = {
  /** How often a component of an upload was rendered, by the upload. */
  renders: {},
  /** How many clients were made. */
  made: 0,
  /** The latest that a component saw. */
  crow: undefined,
  /** Mounts the components, or leaves them. */
  show: undefined,
});

export function rendered(id) {
  lab.renders[id] = (lab.renders[id] ?? 0) + 1;
}

export const options = {
  api: import.meta.env.VITE_API,
  token: () => import.meta.env.VITE_TOKEN,
  createClient(given) {
    lab.made += 1;
    return createClient(given);
  },
};
