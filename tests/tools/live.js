import { createClient } from "crowfly/live";

/** Uploads a recording of some bytes, and waits for its record. */
export async function uploadLive(file, api, token) {
  const warnings = [];
  const onWarning = ({ code, message }) => warnings.push({ code, message });
  const client = await createClient({ api, token: () => token, onWarning });
  const { status, verified, live } = await client.uploadLive(file.stream(), { name: "recording.bin" }).processed();
  client.close();
  return { status, verified, live, warnings };
}
