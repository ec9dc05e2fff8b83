import { useUpload } from "crowfly/react";
import { memo } from "react";
import { actions, size } from "./words.js";

/** One upload; renders only when this one changes. */
export const Row = memo(function Row({ id }) {
  const upload = useUpload(id);
  if (!upload) return null;
  const { name, state, progress, error } = upload;
  return (
    <li data-state={state}>
      <b>{name}</b>
      {actions(state).map(([action, word]) => (
        <button key={action} onClick={() => upload[action]()} aria-label={`${word} ${name}`}>
          {word}
        </button>
      ))}
      <progress value={progress.sent} max={progress.total || 1} aria-label={name} />
      <span>{error ? error.message : `${state}, ${size(progress.sent)} of ${size(progress.total)}`}</span>
    </li>
  );
});
