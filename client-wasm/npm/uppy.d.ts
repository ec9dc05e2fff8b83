import type { BasePlugin, Body, Meta, PluginOpts, Uppy, UppyFile } from "@uppy/core";
import type { Client, ClientOptions, Stored, UploadOptions } from "./api.js";

export * from "./api.js";

/** What the plugin is set to: a `client`, or options of `createClient` by which it makes its own. */
export type CrowflyUploaderOptions<M extends Meta, B extends Body> = PluginOpts &
  (ClientSource | (ClientOptions & { client?: undefined })) & {
    /**
     * Options of the upload of one file. They win over those that come of the file: its name, its type, the folder of
     * its `meta.relativePath`, and its other `meta` as metadata. If it throws, the file fails with what it threw.
     */
    options?: ((file: UppyFile<M, B>) => FileOptions | undefined | Promise<FileOptions | undefined>) | undefined;
    /** Which fields of `meta` go into the record: all by default, none by `false`. What is no text is written as JSON. */
    allowedMetaFields?: readonly string[] | boolean | undefined;
    /** The address of a stored file, such as that of a public one on your CDN, for Uppy's `uploadURL`. Do not give a
     * presigned address: Uppy's state keeps it. */
    uploadURL?: ((stored: Stored, file: UppyFile<M, B>) => string | undefined | Promise<string | undefined>) | undefined;
  };

/** A client of the page's own, which the plugin uses and does not close. */
export interface ClientSource {
  /** One of `crowfly`, `crowfly/slim`, `crowfly/inline` or `crowfly/testing`, or a promise of it. */
  client: Client | Promise<Client>;
}

/** What can be said of one upload; its progress and its end are Uppy's events. */
export type FileOptions = Omit<UploadOptions, "onProgress" | "signal">;

/** The `body` of `upload-success`: what storage holds. */
export interface CrowflyBody extends Stored, Body {}

/** The upload of a file, as `crowfly` in Uppy's state. */
export interface CrowflyFileState {
  readonly id: string;
  /** From when it is stored. */
  readonly key?: string;
}

/**
 * An uploader plugin of Uppy 6: `new Uppy().use(CrowflyUploader, { api, token })`. Its client is made when the first
 * file is sent, never on a server.
 *
 * A file that Companion would have to fetch (`isRemote`) fails with `unsupported`. Removing a file, or the plugin,
 * cancels what is not stored. A file that Golden Retriever restores goes on where an earlier page left it.
 */
export class CrowflyUploader<M extends Meta = Meta, B extends Body = CrowflyBody> extends BasePlugin<
  CrowflyUploaderOptions<M, B>,
  M,
  B
> {
  constructor(uppy: Uppy<M, B>, opts: CrowflyUploaderOptions<M, B>);
}

export { CrowflyUploader as default };

declare module "@uppy/core" {
  export interface PluginTypeRegistry<M extends Meta, B extends Body> {
    Crowfly: CrowflyUploader<M, B>;
  }
}

declare module "@uppy/core/utils" {
  export interface LocalUppyFile<M extends Meta, B extends Body> {
    crowfly?: CrowflyFileState;
  }
  export interface RemoteUppyFile<M extends Meta, B extends Body> {
    crowfly?: CrowflyFileState;
  }
}
