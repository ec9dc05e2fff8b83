// What a block of a document may use without saying where it comes from: the reader's own.
import type { Client, Resumable } from "crowfly";

declare global {
  /** A client that the page has made. */
  const client: Client;
  const file: File;
  const files: File[];
  const signal: AbortSignal;
  const onProgress: undefined;
  /** The reader's login. */
  const auth: { accessToken(): Promise<string> };
  const api: string;
  const token: () => Promise<string>;
  /** The reader's page. */
  function showResumeButton(entry: Resumable, go: (file?: File) => unknown): void;
}
