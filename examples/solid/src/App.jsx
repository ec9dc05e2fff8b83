import { useCrowfly, useDropzone } from "crowfly/solid";
import { For, Index, Show } from "solid-js";
import { limits, options } from "./config.js";
import { LeftRow, UploadRow } from "./rows.jsx";
import { reason, summary } from "./words.js";

export function App() {
  const crow = useCrowfly(options);
  const { rootProps, inputProps, isDragging, rejected } = useDropzone({ ...limits, paste: true, onFiles: (files) => crow().upload(files) });
  return (
    <main>
      <h1>Uploads</h1>
      <div {...rootProps()} class="zone" classList={{ dragging: isDragging() }}>
        Drop files or folders here, paste them, or choose them
        <input {...inputProps()} />
      </div>
      <For each={rejected()}>{(rejection) => <p class="problem">{reason(rejection)}</p>}</For>
      <Show when={crow().error}>
        {(error) => (
          <p class="problem" role="alert">
            {error().message}
          </p>
        )}
      </Show>
      <Show when={crow().resumable.length > 0}>
        <h2>Left unfinished</h2>
      </Show>
      <ul>
        <For each={crow().resumable}>{(entry) => <LeftRow entry={entry} />}</For>
      </ul>
      <div class="bar">
        <p role="status">{summary(crow().totals)}</p>
        <button onClick={() => crow().pauseAll()}>Pause all</button>
        <button onClick={() => crow().resumeAll()}>Resume all</button>
        <button onClick={() => crow().retryFailed()}>Retry failed</button>
        <button onClick={() => crow().abortAll()}>Cancel all</button>
      </div>
      <ul>
        <Index each={crow().uploads}>{(upload) => <UploadRow id={upload().id} />}</Index>
      </ul>
    </main>
  );
}
