import { createClient } from "crowfly";

/** Uploads a file and waits for its record, as the application of every project here does. */
export async function upload(file, api, token) {
  const warnings = [];
  const onWarning = ({ code, message }) => warnings.push({ code, message });
  const client = await createClient({ api, token: () => token, onWarning });
  const { status, verified } = await client.upload(file).processed();
  client.close();
  return { status, verified, warnings };
}
