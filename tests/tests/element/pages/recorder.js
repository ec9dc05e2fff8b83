// A page with a recorder in a form, whose attributes are the page's query. `client=test` has no network, `client=plain` records
// nothing; `recorders` is how many there are.
import "/told.js";
import "/crowfly/recorder.js";

const attributes = new URLSearchParams(location.search);
const client = attributes.get("client");
if (client) {
  const { createTestClient } = await import("/crowfly/testing.js");
  const left = { name: "camera 2026-11-30 14.05.09.webm", size: 9_000_000, live: true };
  window.client = createTestClient({ auto: false, resumable: client === "test" ? [left] : [] });
  if (client === "plain") window.client.uploadLive = undefined;
}
const form = document.createElement("form");
document.querySelector("main").append(form);
for (let count = Number(attributes.get("recorders") ?? 1); count > 0; count -= 1) {
  const recorder = document.createElement("crowfly-recorder");
  for (const [name, value] of attributes) {
    if (name === "page-dir") document.documentElement.dir = value;
    else if (name === "page-lang") document.documentElement.lang = value;
    else if (name !== "client" && name !== "recorders") recorder.setAttribute(name, value);
  }
  if (client) recorder.client = window.client;
  else recorder.api = "/api";
  form.append(recorder);
}
