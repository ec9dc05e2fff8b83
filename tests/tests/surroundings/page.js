// The upload of one case, in a page or in a service worker.

/** Where API and storage are. */
const api = new URL(import.meta.url).searchParams.get("api");

/** Makes a client, uploads one file, and tells what was heard meanwhile. */
export async function upload(createClient, { size = 3_000_000, options = {}, open = false, keep = () => {} } = {}) {
  const warnings = [];
  const onWarning = ({ code, message }) => void warnings.push({ code, message });
  const client = await createClient({ api, token: () => "a.b.c", onWarning, ...options });
  keep(client);
  // One in a single small request first, as most files are.
  await client.upload(new File(["tiny"], "tiny.txt")).done;
  const steps = new Set();
  const onProgress = ({ sent }) => void steps.add(sent);
  const stored = await client.upload(new File([new Uint8Array(size)], "zeros.bin"), { onProgress }).done;
  if (!open) client.close();
  return { size: stored.size, verified: stored.verified, warnings, steps: steps.size };
}

/** Keeps the outcome where the test looks for it. */
export function tell(promise) {
  globalThis.outcome = undefined;
  promise.then(
    (value) => (globalThis.outcome = { value }),
    (error) => (globalThis.outcome = { error: `${error?.code}: ${error?.message ?? error}`, stack: error?.stack }),
  );
}
