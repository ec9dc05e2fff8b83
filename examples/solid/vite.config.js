import { defineConfig } from "vite";
import solid from "vite-plugin-solid";

// With `ssr` a server can render it too.
export default defineConfig({ plugins: [solid({ ssr: true })] });
