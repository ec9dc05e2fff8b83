import { StrictMode } from "react";
import { hydrateRoot } from "react-dom/client";
import { App } from "../src/App.jsx";

hydrateRoot(
  document.getElementById("root"),
  <StrictMode>
    <App />
  </StrictMode>,
  { onRecoverableError: (error) => console.error(`hydration: ${error.message}`) },
);
window.hydrated = true;
