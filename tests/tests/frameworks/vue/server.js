import { createSSRApp } from "vue";
import { renderToString } from "vue/server-renderer";
import App from "../src/App.vue";

export const render = async () => ({ html: await renderToString(createSSRApp(App)) });
