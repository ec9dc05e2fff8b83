// app/uploads.tsx
"use client";

import { useCrowfly } from "crowfly/react";

const options = { api: "/api/uploads", credentials: "same-origin" } as const;

export function Uploads() {
  const { uploads, resumable, error, upload } = useCrowfly(options);
  const start = (file: File) => {
    const left = resumable.find(({ name, size }) => name === file.name && size === file.size);
    return left ? left.attach(file) : upload(file);
  };
  return (
    <>
      <input type="file" multiple onChange={(event) => Array.from(event.target.files ?? [], start)} />
      {error instanceof Error && <p role="alert">{error.message}</p>}
      {resumable.map(({ id, name }) => <p key={id}>Choose {name} again to go on with it</p>)}
      {uploads.map(({ id, name, state, stored, error, progress, pause, resume, abort }) => (
        <li key={id}>
          <b>{name}</b> <progress value={progress.sent} max={progress.total || 1} />
          <button onClick={state === "paused" ? resume : pause}>Pause</button>
          <button onClick={() => abort()}>Cancel</button>
          <output>{stored?.key ?? error?.code ?? state}</output>
        </li>
      ))}
    </>
  );
}
