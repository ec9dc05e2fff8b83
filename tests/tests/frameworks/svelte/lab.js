import { mount } from "svelte";
import Lab from "./Lab.svelte";

mount(Lab, { target: document.getElementById("root") });
