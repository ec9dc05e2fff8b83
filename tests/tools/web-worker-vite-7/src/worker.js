import { createClient } from "crowfly/crowfly.min.js";

async function upload({ file, api, token }) {
  const warnings = [];
  const onWarning = ({ code, message }) => warnings.push({ code, message });
  const client = await createClient({ api, token: () => token, onWarning });
  const { status, verified } = await client.upload(file).processed();
  client.close();
  return { status, verified, warnings };
}

addEventListener("message", ({ data }) => {
  upload(data).then(
    (outcome) => postMessage({ outcome }),
    (error) => postMessage({ error: String(error) }),
  );
});
