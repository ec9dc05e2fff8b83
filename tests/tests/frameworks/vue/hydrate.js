import { createSSRApp } from "vue";
import App from "../src/App.vue";

createSSRApp(App).mount("#root");
window.hydrated = true;
