import { createClient } from "/node_modules/crowfly/crowfly.min.js";

async function upload({ file, api, token }) {
  const warnings = [];
  const onWarning = ({ code, message }) => warnings.push({ code, message });
  const client = await createClient({ api, token: () => token, onWarning });
  const { status, verified } = await client.upload(file).processed();
  client.close();
  return { status, verified, warnings };
}

addEventListener("message", (event) => {
  const answer = upload(event.data).then(
    (outcome) => ({ outcome }),
    (error) => ({ error: String(error) }),
  );
  event.waitUntil(answer.then((message) => event.source.postMessage(message)));
});
