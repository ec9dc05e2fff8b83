import type { ComputedRef, MaybeRefOrGetter, ShallowRef } from "vue";
import type {
  Connected,
  ConnectOptions,
  DropzoneOptions,
  DropzoneState,
  InputProps,
  LiveUpload,
  OpenDialog,
  RootProps,
} from "./adapters.js";

export * from "./adapters.js";

type Functions = "upload" | "pauseAll" | "resumeAll" | "retryFailed" | "abortAll" | "forget";

/** What components see of a client, each part as a ref. */
export type CrowflyRefs = Pick<Connected, Functions> & {
  readonly [K in Exclude<keyof Connected, Functions>]: ComputedRef<Connected[K]>;
};

/**
 * The client of these options, and its uploads. Needs no plugin: components that name the same `api` (or `signer`) and
 * `scope` share one client. It is made when the first of them is mounted, never on a server; an upload goes on when
 * its component is left; and the client is closed five seconds after the last of them is gone and nothing is active.
 *
 * Options that change, such as the `scope` of a user, are given as a getter or ref; another `api`, `signer` or `scope`
 * is another client.
 */
export function useCrowfly(options: MaybeRefOrGetter<ConnectOptions>): CrowflyRefs;

/** The upload of this id, of any client of the page; undefined if there is none. Changes only when this upload does. */
export function useUpload(id: MaybeRefOrGetter<string | undefined>): Readonly<ShallowRef<LiveUpload | undefined>>;

/** What `useDropzone` gives. */
export interface Dropzone {
  readonly isDragging: ComputedRef<DropzoneState["isDragging"]>;
  readonly rejected: ComputedRef<DropzoneState["rejected"]>;
  readonly open: OpenDialog;
  /** Attributes of the element that takes files; without its `role` and `tabIndex` it is no button, and clicks on it do
   * nothing: `<div v-bind="rootProps">`. */
  readonly rootProps: ComputedRef<RootProps>;
  /** Attributes of the `<input v-bind="inputProps">` inside of it. */
  readonly inputProps: ComputedRef<InputProps>;
}

/** A drop zone without a look of its own: files and folders that are dropped, pasted or picked, checked before anything
 * is sent. The element is a button to keyboards and screen readers; buttons, links and fields inside of it keep their
 * own clicks. Options that change are given as a getter or ref. */
export function useDropzone(options: MaybeRefOrGetter<DropzoneOptions>): Dropzone;
