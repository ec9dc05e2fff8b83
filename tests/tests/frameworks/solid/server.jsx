import { generateHydrationScript, renderToString } from "solid-js/web";
import { App } from "../src/App.jsx";

export const render = () => ({ html: renderToString(() => <App />), head: generateHydrationScript() });
