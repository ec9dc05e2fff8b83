// The minimum between Lambda's runtime API and a handler in Node.js:
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

import http from "node:http";

import { handler } from "./handler.mjs";

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const base = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;

/** Sends one request; resolves to its headers and its body. */
function ask(method, path, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(base + path, { method, agent }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => resolve({ headers: response.headers, body: Buffer.concat(parts).toString() }));
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

for (;;) {
  const event = await ask("GET", "/next");
  const id = event.headers["lambda-runtime-aws-request-id"];
  try {
    const answer = await handler(JSON.parse(event.body));
    await ask("POST", `/${id}/response`, JSON.stringify(answer));
  } catch (error) {
    await ask("POST", `/${id}/error`, JSON.stringify({ errorType: error.name, errorMessage: error.message }));
  }
}
