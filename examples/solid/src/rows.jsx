import { useUpload } from "crowfly/solid";
import { For, Show } from "solid-js";
import { actions, size } from "./words.js";

/** One upload; changes only when this one does. */
export function UploadRow(props) {
  const upload = useUpload(() => props.id);
  return (
    <Show when={upload()}>
      <li data-state={upload().state}>
        <b>{upload().name}</b>
        <For each={actions(upload().state)}>
          {([action, word]) => (
            <button onClick={() => upload()[action]()} aria-label={`${word} ${upload().name}`}>
              {word}
            </button>
          )}
        </For>
        <progress value={upload().progress.sent} max={upload().progress.total || 1} aria-label={upload().name} />
        <span>
          {upload().error ? upload().error.message : `${upload().state}, ${size(upload().progress.sent)} of ${size(upload().progress.total)}`}
        </span>
      </li>
    </Show>
  );
}

/** What an earlier page left: goes on with the kept file, or with the same one picked again. */
export function LeftRow(props) {
  return (
    <li>
      <b>{props.entry.name}</b>
      <Show when={props.entry.needs === "file"} fallback={<button onClick={() => props.entry.attach()}>Resume</button>}>
        <label>
          Choose it again
          <input type="file" onChange={(event) => props.entry.attach(event.target.files[0])} />
        </label>
      </Show>
      <button onClick={() => props.entry.discard()}>Discard</button>
    </li>
  );
}
