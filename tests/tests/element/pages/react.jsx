import "crowfly/element";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";

function App() {
  const [ids, setIds] = useState([]);
  const [stored, setStored] = useState([]);
  return (
    <main>
      <h1>Hand in</h1>
      <crowfly-upload
        api="/api"
        multiple
        maxFiles={3}
        prepare={(file) => (file.name.endsWith(".tmp") ? null : file)}
        onchange={({ target }) => setIds(target.value)}
        oncrowfly-stored={({ detail }) => setStored((known) => [...known, detail.result.id])}
      />
      <p id="ids">{ids.join(" ")}</p>
      <p id="stored">{stored.join(" ")}</p>
    </main>
  );
}

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
