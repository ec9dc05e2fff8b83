import { upload } from "./upload.js";

addEventListener("message", ({ data: { file, api, token } }) => {
  upload(file, api, token).then(
    (outcome) => postMessage({ outcome }),
    (error) => postMessage({ error: String(error) }),
  );
});
