// The documented ways to use the web component, and the mistakes that its types must catch. Compiled, never run.
import "crowfly/element";
import type { Client, CrowflyUpload, Messages, Prepare } from "crowfly/element";

declare const client: Client;
declare const file: File;
declare const handle: FileSystemFileHandle;

const made: CrowflyUpload = document.createElement("crowfly-upload");
const found = document.querySelector("crowfly-upload");
console.log(found?.value.length, found?.uploads.map(({ id }) => id), found?.validity.valueMissing, found?.form?.action);

made.client = client;
made.token = async ({ reason }) => (reason === "initial" ? "a" : "b");
made.options = { visibility: "public" };
made.options = ({ name }) => (name.endsWith(".txt") ? { metadata: { kind: "text" } } : undefined);
made.maxBytes = 10_000_000;
made.maxFiles = undefined;
const prepare: Prepare = async (picked, { signal }) => (signal.aborted ? null : new Blob([picked]));
made.prepare = prepare;
const messages: Messages = {
  browse: "Dateien wählen",
  saidAdded: { one: "{n} Datei", other: "{n} Dateien" },
  errors: { network: "Kein Netz." },
  warnings: { api_silent: "Der Dienst schweigt." },
};
made.messages = messages;

made.addEventListener("crowfly-stored", ({ detail: { upload, result } }) => console.log(upload.id, result.verified));
made.addEventListener("crowfly-refused", ({ detail }) => detail.rejected.map(({ code, path }) => `${path}: ${code}`));
made.addEventListener("crowfly-failed", ({ detail: { upload, error } }) => console.log(upload?.state, error.message));
document.addEventListener("crowfly-warning", (event) => console.log(event.detail.warning.code));

export async function drive() {
  await made.add(file);
  await made.add([file, handle, { file, path: "a/b.txt" }]);
  await made.start();
  made.pause();
  made.clear();
}

// @ts-expect-error a number of bytes is no text
made.maxBytes = "10 MB";
// @ts-expect-error neither is this a visibility
made.visibility = "secret";
// @ts-expect-error what is stored is told, not set
made.value = [];
// @ts-expect-error there is no such code
made.messages = { errors: { no_such_code: "" } };
// @ts-expect-error what it makes must be a file
made.prepare = () => "a.txt";
// @ts-expect-error there is no such event detail
made.addEventListener("crowfly-aborted", ({ detail }) => detail.error);
