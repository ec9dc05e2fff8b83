// The documented ways of use of `crowfly/live`, and the mistakes that the types must catch. Compiled, never run.
import { createClient, isUploadError } from "crowfly/live";
import type { Client, LiveClient, LiveProgress, LiveSource, LiveUpload, Stored, Upload, WarningCode } from "crowfly/live";

declare const recorder: MediaRecorder;
declare const stream: ReadableStream<Uint8Array>;
declare const file: File;

async function* pieces(): AsyncGenerator<Blob | ArrayBuffer> {
  yield new Blob();
  yield new ArrayBuffer(1);
}

export async function main(): Promise<Stored> {
  const client: LiveClient = await createClient({
    api: "https://api.example.com",
    token: () => "jwt",
    onWarning: ({ code }) => ["spool_unavailable", "source_failed", "limit_reached"].includes(code satisfies WarningCode),
  });
  const plain: Client = client;
  const whole: Upload = client.upload(file);
  console.log(plain, whole.progress.total.toFixed());
  const sources: LiveSource[] = [recorder, stream, pieces(), [new Uint8Array(1)]];
  for (const source of sources) client.uploadLive(source, { name: "a.webm" });
  const live: LiveUpload = client.uploadLive(recorder, {
    name: "talk.webm",
    type: "video/webm",
    maxBytes: 1_000_000,
    onSourceError: "abort",
    fixDuration: true,
    persist: true,
    metadata: { room: "1" },
    onProgress: (progress: LiveProgress) => progress.recorded - progress.confirmed,
  });
  live.pause();
  live.resume();
  live.finish();
  const total: number | undefined = live.progress.total;
  for (const { recording, progress } of client.snapshot().uploads) console.log(recording, progress.recorded, total);
  for (const left of await client.resumable()) {
    if (left.live) console.log(left.recordedBytes, await left.attach());
  }
  try {
    return await live.done;
  } catch (error) {
    if (isUploadError(error)) console.log(error.code);
    throw error;
  }
}

export async function mistakes(client: LiveClient): Promise<void> {
  // @ts-expect-error a name is needed
  client.uploadLive(recorder, {});
  // @ts-expect-error no source
  client.uploadLive(file, { name: "a" });
  // @ts-expect-error no such way
  client.uploadLive(recorder, { name: "a", onSourceError: "drop" });
  // @ts-expect-error absent until the source has ended
  client.uploadLive(recorder, { name: "a" }).progress.total.toFixed();
  // @ts-expect-error a file has its end
  client.upload(file).finish();
}
