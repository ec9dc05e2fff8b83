// The code of this page that concerns the uploader, as it is served: nothing of it is written down twice.

import { byId, setText } from "./dom.js";

const NARROW = "(max-width: 60rem)";

/** Fills the panel; where there is little room it is closed. */
export async function codePanel() {
  byId("code").open = !matchMedia(NARROW).matches;
  const [page, script] = await Promise.all(["../index.html", "sending.js"].map(source));
  setText(byId("code-html"), /<template id="uploader">\s*(.*?)\s*<\/template>/s.exec(page)?.[1] ?? page);
  setText(byId("code-js"), script);
}

async function source(path) {
  const response = await fetch(new URL(path, import.meta.url), { credentials: "same-origin" });
  return response.ok ? (await response.text()).trim() : "The page's server does not give it out.";
}
