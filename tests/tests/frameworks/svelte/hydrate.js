import { hydrate } from "svelte";
import App from "../src/App.svelte";

// A mismatch is an error, rather than a warning and a new rendering.
hydrate(App, { target: document.getElementById("root"), recover: false });
window.hydrated = true;
