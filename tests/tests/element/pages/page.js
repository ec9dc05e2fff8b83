// A page whose element the test makes: its attributes are the page's query. `client=test` has no network.
import "/told.js";
import "/crowfly/element.js";

const attributes = new URLSearchParams(location.search);
const element = document.createElement("crowfly-upload");
element.id = "uploads";
for (const [name, value] of attributes) {
  if (name === "page-dir") document.documentElement.dir = value;
  else if (name === "page-lang") document.documentElement.lang = value;
  else if (name !== "client") element.setAttribute(name, value);
}

/** Tasks of more than 50 ms, with what the browser says of them. */
window.longTasks = [];
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) window.longTasks.push(Math.round(duration));
}).observe({ type: "longtask", buffered: true });

if (attributes.get("client") === "test") {
  const { createTestClient } = await import("/crowfly/testing.js");
  window.client = createTestClient({ auto: false, resumable: [{ name: "left.mov", size: 9_000_000, confirmed: 4_000_000 }] });
  element.client = window.client;
} else element.api = "/api";
document.querySelector("main").append(element);
window.element = element;
window.root = element.shadowRoot ?? element;
