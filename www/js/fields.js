// The fields of the sign-in form.

import { make } from "./dom.js";

/** A labelled input: `{input, element}`. */
export function field(label, props) {
  const input = make("input", { class: "input", required: true, spellcheck: false, autocapitalize: "none", ...props });
  return { input, element: make("label", { class: "field" }, make("span", {}, label), input) };
}

/** The value of an input. Without one, focuses the input and throws an Error with this sentence. */
export function required(input, sentence) {
  const value = input.value.trim();
  if (value) return value;
  input.focus();
  throw new Error(sentence);
}
