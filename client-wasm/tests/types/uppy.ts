// The documented ways to use the plugin, and the mistakes that its types must catch. Compiled, never run.
import Uppy from "@uppy/core";
import type { UppyFile } from "@uppy/core";
import { createClient } from "crowfly";
import CrowflyUploader, { CrowflyUploader as Named } from "crowfly/uppy";
import type { CrowflyBody, CrowflyFileState, CrowflyUploaderOptions, UploadError } from "crowfly/uppy";

interface Meta extends Record<string, unknown> {
  album: string;
}

const api = "https://api.example.com";
const token = async () => "jwt";

const uppy = new Uppy<Meta, CrowflyBody>()
  .use(CrowflyUploader, { api, token, scope: "user-1", id: "Crowfly", onEvent: ({ type }) => console.log(type) })
  .use(CrowflyUploader, { api, credentials: "same-origin", allowedMetaFields: ["album"] })
  .use(Named, { client: createClient({ api, token }), allowedMetaFields: false })
  .use(CrowflyUploader, {
    client: await createClient({ api, token }),
    options: ({ meta, size }) => ({ visibility: "public", priority: (size ?? 0) > 1e6 ? 0 : 1, metadata: { album: String(meta["album"]) } }),
    uploadURL: ({ key }, { name }) => `https://cdn.example.com/${key}#${name}`,
  });

uppy.on("upload-success", (file, response) => {
  const state: CrowflyFileState | undefined = file?.crowfly;
  const body: CrowflyBody | undefined = response.body;
  console.log(state?.id, state?.key, body?.key, body?.verified, body?.size.toFixed());
});
uppy.on("upload-error", (_file, error) => {
  const { code, retryable } = error as UploadError;
  console.log(code, retryable);
});

export const plugin: CrowflyUploader<Meta, CrowflyBody> | undefined = uppy.getPlugin("Crowfly");
export const options: CrowflyUploaderOptions<Meta, CrowflyBody> = {
  api,
  token,
  options: async (file: UppyFile<Meta, CrowflyBody>) => ({ path: file.meta.album }),
};
/** Without types of one's own. */
export const plain = new Uppy().use(CrowflyUploader, { api, token });

// @ts-expect-error: neither a client nor what makes one
uppy.use(CrowflyUploader, {});
// @ts-expect-error: no such option
uppy.use(CrowflyUploader, { api, token, endpoint: "/files" });
// @ts-expect-error: progress is Uppy's event
uppy.use(CrowflyUploader, { api, token, options: () => ({ onProgress() {} }) });
// @ts-expect-error: a client, or options of one
uppy.use(CrowflyUploader, { client: createClient({ api, token }), api, token });
