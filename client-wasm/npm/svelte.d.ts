import type {
  Connected,
  ConnectOptions,
  DropzoneOptions,
  DropzoneState,
  LiveUpload,
  OpenDialog,
} from "./adapters.js";

export * from "./adapters.js";

/** A store, as Svelte's own. */
export interface Readable<T> {
  subscribe(this: void, run: (value: T) => void): () => void;
}

/** A store of what components see of a client; its functions are in the store's value too. */
export interface CrowflyStore
  extends Readable<Connected>,
    Pick<Connected, "upload" | "pauseAll" | "resumeAll" | "retryFailed" | "abortAll" | "forget"> {}

/** The client of these options, and its uploads: `const crow = crowfly({ api, token })`, then `$crow.uploads`. Stores
 * that name the same `api` (or `signer`) and `scope` share one client. It is made when the first of them is subscribed
 * to, never on a server; an upload goes on when its component is left; and the client is closed five seconds after the
 * last of them is left and nothing is active. */
export function crowfly(options: ConnectOptions): CrowflyStore;

/** The upload of this id, of any client of the page; undefined if there is none. Changes only when this upload does. */
export function upload(id: string | undefined): Readable<LiveUpload | undefined>;

/** What the action is set to. */
export interface DropzoneActionOptions extends DropzoneOptions {
  /** Called at first, and after each change. */
  onState?: ((state: DropzoneState & { readonly open: OpenDialog }) => void) | undefined;
}

/** An action that makes an element a drop zone: `<div use:dropzone={{ onFiles: $crow.upload }}>`. It takes files and
 * folders that are dropped, pasted or picked, and checks them before anything is sent. The element becomes a button to
 * keyboards and screen readers, unless it has a `role`; buttons, links and fields inside of it keep their own clicks.
 * Its file input is the one inside of it, or a hidden one that is added. */
export function dropzone(
  element: HTMLElement,
  options: DropzoneActionOptions,
): { update(options: DropzoneActionOptions): void; destroy(): void };
