import { render as toHtml } from "svelte/server";
import App from "../src/App.svelte";

export function render() {
  const { body, head } = toHtml(App);
  return { html: body, head };
}
