import { uploadLive } from "./live.js";
import { upload } from "./upload.js";

Object.assign(window, { upload, uploadLive });
