import { hydrate } from "solid-js/web";
import { App } from "../src/App.jsx";

hydrate(() => <App />, document.getElementById("root"));
window.hydrated = true;
