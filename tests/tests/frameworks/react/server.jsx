import { StrictMode } from "react";
import { renderToString } from "react-dom/server";
import { App } from "../src/App.jsx";

export const render = () => ({
  html: renderToString(
    <StrictMode>
      <App />
    </StrictMode>,
  ),
});
