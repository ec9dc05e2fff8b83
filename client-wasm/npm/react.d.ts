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

/**
 * The client of these options, and its uploads. Needs no provider: components that name the same `api` (or `signer`)
 * and `scope` share one client. It is made when the first of them is there, never on a server; an upload goes on when
 * its component is left; and the client is closed five seconds after the last of them is gone and nothing is active.
 *
 * Another `api` or `scope`, such as another user's, is another client. Of a component's `signer`, that of its first
 * render counts; keep it outside of components if several are to share it.
 */
export function useCrowfly(options: ConnectOptions): Connected;

/** The upload of this id, of any client of the page; undefined if there is none. Renders only when this upload changes. */
export function useUpload(id: string | undefined): LiveUpload | undefined;

/** What `useDropzone` gives. */
export interface Dropzone extends DropzoneState {
  readonly open: OpenDialog;
  /** Attributes of the element that takes files: `<div {...getRootProps()}>`. Yours win: with `role` and `tabIndex`
   * undefined it is no button, and clicks on it do nothing; call `open` then. */
  readonly getRootProps: <T extends object = NonNullable<unknown>>(given?: T & NoRef) => Omit<RootProps, keyof T> & T;
  /** Attributes of the `<input {...getInputProps()} />` inside of it. Yours win. */
  readonly getInputProps: <T extends object = NonNullable<unknown>>(given?: T) => Omit<InputProps, keyof T> & T;
}

/** Attributes of yours for a drop zone's element: all but `ref`, which the zone needs. */
export interface NoRef {
  readonly ref?: never;
}

/** A drop zone without a look of its own: files and folders that are dropped, pasted or picked, checked before anything
 * is sent. The element is a button to keyboards and screen readers; buttons, links and fields inside of it keep their
 * own clicks. */
export function useDropzone(options: DropzoneOptions): Dropzone;
