// Serves an example app by its own Vite: with hot reload at `/`, rendered on the server at `/server/`, and the test's own
// components at `/lab/`.
//
//   node serve.mjs <folder of the app> <port>
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const app = resolve(process.argv[2]);
const port = Number(process.argv[3]);
const vitePath = createRequire(join(app, "x.js")).resolve("vite");
const { createServer: createVite } = await import(pathToFileURL(vitePath));

const server = createServer();
const vite = await createVite({
  root: app,
  appType: "custom",
  logLevel: "warn",
  // Otherwise what only the test's pages import is found late, and the page is loaded again.
  optimizeDeps: { entries: ["index.html", "lab/{hydrate,lab}.*"] },
  // Only what the test writes is watched.
  server: { middlewareMode: true, hmr: { server }, watch: { ignored: ["**/node_modules/**"] } },
});
const entry = JSON.parse(readFileSync(join(app, "lab/entries.json"), "utf8"));

/** The example's page, with another script, and with what a server renders. */
async function page(url, script, rendered = "") {
  const html = readFileSync(join(app, "index.html"), "utf8")
    .replace(/src="[^"]*\/main\.[^"]*"/, `src="${script}"`)
    .replace(`<div id="root"></div>`, () => `<div id="root">${rendered}</div>`);
  return vite.transformIndexHtml(url, html);
}

const PAGES = {
  "/": () => page("/", entry.main),
  "/server/": async () => {
    const { render } = await vite.ssrLoadModule(entry.server);
    const { html, head = "" } = await render();
    return (await page("/server/", entry.hydrate, html)).replace("</head>", () => `${head}</head>`);
  },
  "/lab/": () => page("/lab/", entry.lab),
};

server.on("request", (request, response) => {
  const make = PAGES[request.url.split("?")[0]];
  if (!make) return vite.middlewares(request, response);
  make().then(
    (html) => response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(html),
    (error) => response.writeHead(500, { "content-type": "text/plain" }).end(String(error?.stack ?? error)),
  );
});
server.listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
