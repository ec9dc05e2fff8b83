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

/** What is read in a tracking scope, as Solid's own. */
export type Accessor<T> = () => T;

/**
 * The client of these options, and its uploads: `const crow = useCrowfly({ api, token })`, then `crow().uploads`.
 * Needs no provider: components that name the same `api` (or `signer`) and `scope` share one client. It is made when
 * the first of them is there, never on a server; an upload goes on when its component is left; and the client is
 * closed five seconds after the last of them is gone and nothing is active.
 *
 * Options that change, such as the `scope` of a user, are given as an accessor; another `api`, `signer` or `scope` is
 * another client. An upload is another object after each change, so list them with `<Index>`.
 */
export function useCrowfly(options: ConnectOptions | Accessor<ConnectOptions>): Accessor<Connected>;

/** The upload of this id, of any client of the page; undefined if there is none. Changes only when this upload does. */
export function useUpload(id: string | undefined | Accessor<string | undefined>): Accessor<LiveUpload | undefined>;

/** What `useDropzone` gives. */
export interface Dropzone {
  readonly isDragging: Accessor<DropzoneState["isDragging"]>;
  readonly rejected: Accessor<DropzoneState["rejected"]>;
  readonly open: OpenDialog;
  /** Attributes of the element that takes files; without its `role` and `tabIndex` it is no button, and clicks on it do
   * nothing: `<div {...rootProps()}>`. */
  readonly rootProps: Accessor<RootProps>;
  /** Attributes of the `<input {...inputProps()} />` inside of it. */
  readonly inputProps: Accessor<InputProps>;
}

/** A drop zone without a look of its own: files and folders that are dropped, pasted or picked, checked before anything
 * is sent. The element is a button to keyboards and screen readers; buttons, links and fields inside of it keep their
 * own clicks. Options that change are given as an accessor. */
export function useDropzone(options: DropzoneOptions | Accessor<DropzoneOptions>): Dropzone;
