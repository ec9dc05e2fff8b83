// What the first files need: loaded with them.
export { read } from "../npm/picked.js";
export * from "./rare.js";
