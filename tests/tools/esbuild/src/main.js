import { upload } from "./upload.js";

window.upload = upload;
