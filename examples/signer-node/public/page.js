import { createClient } from "/crowfly/index.js"; // or "crowfly", with a bundler
import { signer } from "./signer.js";

const client = await createClient({ signer });
const input = document.querySelector("input");

function show(upload, name) {
  const line = document.querySelector("ul").appendChild(document.createElement("li"));
  upload.done.then(
    ({ key, verified }) => (line.textContent = `${name}: ${key}${verified ? "" : " (not verified)"}`),
    (error) => (line.textContent = `${name}: ${error.message}`),
  );
  line.textContent = `${name} ...`;
}

input.addEventListener("change", () => {
  for (const file of input.files) show(client.upload(file), file.name);
  input.value = "";
});
