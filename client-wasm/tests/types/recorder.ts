// The documented ways to use the recorder, beside the uploader, and the mistakes that its types must catch. Compiled, never run.
import "crowfly/element";
import "crowfly/recorder";
import type { Client } from "crowfly";
import type { CrowflyRecorder, LiveClient, Messages, RecorderSource, RecorderState } from "crowfly/recorder";

declare const client: LiveClient;
declare const other: Client;

const made: CrowflyRecorder = document.createElement("crowfly-recorder");
const found = document.querySelector("crowfly-recorder");
const state: RecorderState | undefined = found?.state;
console.log(state, found?.value.length, found?.upload?.progress.confirmed, found?.validity.valueMissing, found?.form?.action);

made.client = client;
made.token = async ({ reason }) => (reason === "initial" ? "a" : "b");
made.sources = "camera screen";
made.maxSeconds = 60;
made.maxBytes = undefined;
made.constraints = { audio: true, video: { facingMode: "user" } };
made.options = { fixDuration: false, metadata: { kind: "answer" } };
made.options = ({ source, name, type }) => (source === ("camera" satisfies RecorderSource) ? { name: `a ${name}`, type } : undefined);
const messages: Messages = { start: "Aufnehmen", warnings: { limit_reached: "Zu lang." } };
made.messages = messages;

made.addEventListener("crowfly-stored", ({ detail: { upload, result } }) => console.log(upload.id, result.verified));
made.addEventListener("crowfly-failed", ({ detail: { upload, error } }) => console.log(upload?.state, error.message));
document.addEventListener("crowfly-warning", (event) => console.log(event.detail.warning.code));

export async function drive() {
  await made.start();
  made.pause();
  made.resume();
  made.stop();
  made.retry();
  made.cancel();
  made.clear();
}

// @ts-expect-error a client of `crowfly` records nothing
made.client = other;
// @ts-expect-error a number of seconds is no text
made.maxSeconds = "1 min";
// @ts-expect-error what it does is told, not set
made.state = "recording";
// @ts-expect-error what is stored is told, not set
made.value = "";
// @ts-expect-error there is no such option
made.options = { fixDurations: true };
// @ts-expect-error there is no such event detail
made.addEventListener("crowfly-aborted", ({ detail }) => detail.error);
