// The documented ways to use the adapters, and the mistakes that their types must catch. Compiled, never run.
import { createClient as createInline } from "crowfly/inline";
import { useCrowfly, useDropzone, useUpload } from "crowfly/react";
import type { ConnectOptions, LiveUpload, PickedFile, Rejection } from "crowfly/react";
import * as solid from "crowfly/solid";
import * as svelte from "crowfly/svelte";
import * as vue from "crowfly/vue";
import { createElement } from "react";
import type { Accessor } from "solid-js";
import type { Action } from "svelte/action";
import type { Readable } from "svelte/store";
import { ref } from "vue";

declare const files: FileList;
declare const file: File;
declare const handle: FileSystemFileHandle;
declare const picked: PickedFile[];

const options: ConnectOptions = {
  api: "https://api.example.com",
  token: async () => "jwt",
  scope: "user-1",
  processed: true,
  createClient: createInline,
  onEvent: ({ type }) => console.log(type),
};

export async function react() {
  const { client, error, uploads, totals, resumable, upload, abortAll, forget } = useCrowfly(options);
  const one = await upload(file, { priority: 1 });
  const many = await upload(files);
  console.log(one.id, many.length, client?.snapshot().uploads, error instanceof Error, totals.bytesPerSecond);
  await upload(picked);
  await upload([file, handle, ...picked]);
  abortAll(new Error("enough"));
  console.log(forget("id"), uploads.map(({ pause }) => pause()), resumable.map(({ needs }) => needs));
  const live: LiveUpload | undefined = useUpload(undefined);
  live?.retry();
  const { getRootProps, getInputProps, isDragging, rejected, open } = useDropzone({
    onFiles: (files) => void upload(files),
    onReject: (left) => left.length,
    accept: "image/*,.pdf",
    maxBytes: 5e9,
    maxFiles: 10,
    multiple: true,
    directory: false,
    paste: true,
    disabled: isNaN(0),
  });
  const said: string[] = rejected.map(({ code, path }: Rejection) => (code === "too_large" ? path : code));
  const input = createElement("input", getInputProps({ name: "files" }));
  const button = createElement("button", { onClick: open }, said);
  const plain = createElement("div", getRootProps({ role: undefined, tabIndex: undefined }));
  return createElement("div", getRootProps({ className: isDragging ? "over" : "" }), input, button, plain);
}

export function composables() {
  const { uploads, upload, totals } = vue.useCrowfly(() => options);
  const found = vue.useUpload(ref("id"));
  const { rootProps, inputProps, isDragging, open } = vue.useDropzone({ onFiles: upload });
  open(true);
  const active: number = totals.value.active;
  return [uploads.value[0]?.name, found.value?.state, rootProps.value.role, inputProps.value.type, isDragging.value, active];
}

export function stores() {
  const crow = svelte.crowfly(options);
  const store: Readable<svelte.CrowflyStore extends svelte.Readable<infer T> ? T : never> = crow;
  const one: Readable<LiveUpload | undefined> = svelte.upload("id");
  const action: Action<HTMLElement, svelte.DropzoneActionOptions> = svelte.dropzone;
  const set: svelte.DropzoneActionOptions = { onFiles: crow.upload, onState: ({ isDragging, open }) => isDragging && open() };
  return [store, one, action, set];
}

export function signals() {
  const crow: Accessor<solid.Connected> = solid.useCrowfly(() => options);
  const one = solid.useUpload(() => crow().uploads[0]?.id);
  const { rootProps, inputProps, rejected } = solid.useDropzone(() => ({ disabled: crow().error !== undefined }));
  return [one()?.progress.sent, rootProps()["aria-disabled"], inputProps().accept, rejected()[0]?.file?.size];
}

// @ts-expect-error: the upload is of one file, not a list
export const list: Promise<unknown[]> = useCrowfly(options).upload(file);
// @ts-expect-error: a text is no file
useCrowfly(options).upload("file");
// @ts-expect-error: neither api nor signer
useCrowfly({ token: () => "jwt" });
// @ts-expect-error: the element's reference is taken
useDropzone({}).getRootProps({ ref: () => {} });
// @ts-expect-error: no such limit
useDropzone({ maxSize: 1 });
// @ts-expect-error: a snapshot is not written to
vue.useCrowfly(options).uploads.value = [];
// @ts-expect-error: there is no such code
export const code: Rejection["code"] = "too_big";
