import { useCrowfly, useDropzone } from "crowfly/react";
import { limits, options } from "./config.js";
import { Row } from "./Row.jsx";
import { reason, summary } from "./words.js";

export function App() {
  const crow = useCrowfly(options);
  const { error, uploads, totals, resumable, upload } = crow;
  const { getRootProps, getInputProps, isDragging, rejected } = useDropzone({ ...limits, paste: true, onFiles: upload });
  return (
    <main>
      <h1>Uploads</h1>
      <div {...getRootProps({ className: isDragging ? "zone dragging" : "zone" })}>
        Drop files or folders here, paste them, or choose them
        <input {...getInputProps()} />
      </div>
      {rejected.map((rejection) => (
        <p key={rejection.path} className="problem">
          {reason(rejection)}
        </p>
      ))}
      {error && (
        <p className="problem" role="alert">
          {error.message}
        </p>
      )}
      {resumable.length > 0 && <h2>Left unfinished</h2>}
      <ul>
        {resumable.map((entry) => (
          <Left key={entry.id} entry={entry} />
        ))}
      </ul>
      <div className="bar">
        <p role="status">{summary(totals)}</p>
        <button onClick={crow.pauseAll}>Pause all</button>
        <button onClick={crow.resumeAll}>Resume all</button>
        <button onClick={crow.retryFailed}>Retry failed</button>
        <button onClick={() => crow.abortAll()}>Cancel all</button>
      </div>
      <ul>
        {uploads.map(({ id }) => (
          <Row key={id} id={id} />
        ))}
      </ul>
    </main>
  );
}

/** What an earlier page left: goes on with the kept file, or with the same one picked again. */
function Left({ entry: { name, needs, attach, discard } }) {
  return (
    <li>
      <b>{name}</b>
      {needs === "file" ? (
        <label>
          Choose it again
          <input type="file" onChange={(event) => attach(event.target.files[0])} />
        </label>
      ) : (
        <button onClick={() => attach()}>Resume</button>
      )}
      <button onClick={() => discard()}>Discard</button>
    </li>
  );
}
