// What the first files need: loaded with them.
import { errors, texts, warnings } from "./rare.js";

export { read } from "../npm/picked.js";
export { refusal } from "./rare.js";

export const messages = { ...texts, errors, warnings };
