// Every entry, as the oldest supported TypeScript and CommonJS read it: none of them may turn into `any`.
import { createClient, isUploadError } from "crowfly";
import type { Client, Snapshot, UploadErrorCode, UploadEvent } from "crowfly";
import { createClient as createInline } from "crowfly/inline";
import { createClient as createSlim } from "crowfly/slim";
import { createTestClient } from "crowfly/testing";

type IsAny<T> = 0 extends 1 & T ? true : false;
type Known<T extends false> = T;
export type NoneIsAny = [
  Known<IsAny<Client>>,
  Known<IsAny<Snapshot["totals"]>>,
  Known<IsAny<UploadEvent["type"]>>,
  Known<IsAny<UploadErrorCode>>,
  Known<IsAny<Awaited<ReturnType<typeof createInline>>>>,
  Known<IsAny<Awaited<ReturnType<typeof createSlim>>>>,
  Known<IsAny<ReturnType<typeof createTestClient>["testing"]>>,
];

export async function upload(file: File): Promise<number> {
  const client: Client = await createClient({ api: "/api", credentials: "include", onEvent: ({ type }) => console.log(type) });
  try {
    const { size } = await client.upload(file).done;
    return size;
  } catch (error) {
    if (isUploadError(error) && error.code === "too_large") return 0;
    throw error;
  }
}

// @ts-expect-error a client needs an API or a signer
export const wrong = createClient({});
