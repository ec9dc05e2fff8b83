import { createClient, type Warning, type UploadRecord } from "crowfly";

/** What the upload of a file ended with. */
interface Outcome {
  status: UploadRecord["status"];
  verified: boolean | undefined;
  warnings: Warning[];
}

/** Uploads a file and waits for its record. */
export async function upload(file: File, api: string, token: string): Promise<Outcome> {
  const warnings: Warning[] = [];
  const client = await createClient({ api, token: () => token, onWarning: (warning) => warnings.push(warning) });
  const { status, verified } = await client.upload(file).processed();
  client.close();
  return { status, verified, warnings };
}
