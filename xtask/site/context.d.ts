// What a block of a document may use without saying where it comes from: the reader's own, and what a block above it has.
import type { Client, ClientOptions, Resumable } from "crowfly";

declare global {
  // Of the reader's page.
  const client: Client;
  const file: File;
  const files: File[];
  const signal: AbortSignal;
  const stream: MediaStream;
  const stopButton: HTMLButtonElement;
  const onProgress: undefined;
  const api: string;
  const token: () => Promise<string>;
  const element: import("crowfly/element").CrowflyUpload;
  const recorder: import("crowfly/recorder").CrowflyRecorder;
  const auth: { accessToken(): Promise<string> };
  /** https://wicg.github.io/file-system-access/#api-showopenfilepicker */
  function showOpenFilePicker(): Promise<FileSystemFileHandle[]>;
  function showResumeButton(entry: Resumable, go: (file?: File) => unknown): void;

  // Of the reader's server.
  const createUploadHandler: typeof import("crowfly/server").createUploadHandler;
  const S3Client: typeof import("@aws-sdk/client-s3").S3Client;
  const BUCKET: string;
  const STORE: "s3";
  const UPLOAD_SECRET: string;
  function userOf(cookie: string | null): { id: string } | null;
  const createClient: typeof import("crowfly").createClient;

  // The members of an answer, in a block that shows its shape.
  const id: string;
  const key: string;
  const plan: Awaited<ReturnType<NonNullable<ClientOptions["signer"]>["create"]>>["uploads"][number] extends infer Result
    ? Result extends { plan: infer Plan }
      ? Plan
      : never
    : never;
  const state: string;
  const number: number;
  const url: string;
  const headers: Record<string, string>;
  const expiresInMs: number;
  const size: number;
  const crc64nvme: string;
  const etag: string;

  // Of the test runners.
  const vi: { mock(name: string, module: () => unknown): void };
  const afterEach: (after: () => unknown) => void;
}
