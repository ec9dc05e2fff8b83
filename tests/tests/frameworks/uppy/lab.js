// The example, and a way to give it what only a provider's plugin gives.
import { uppy } from "../src/main.js";

window.uppy = uppy;
