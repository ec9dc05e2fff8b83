import Uppy from "@uppy/core";
import Dashboard from "@uppy/dashboard";
import GoldenRetriever from "@uppy/golden-retriever";
import CrowflyUploader from "crowfly/uppy";
import "@uppy/core/css/style.min.css";
import "@uppy/dashboard/css/style.min.css";

export const uppy = new Uppy({ restrictions: { maxFileSize: 5 * 1024 ** 3 } })
  .use(Dashboard, {
    target: "#dashboard",
    inline: true,
    theme: "auto",
    width: "100%",
    fileManagerSelectionType: "both",
    metaFields: [
      { id: "name", name: "Name" },
      { id: "caption", name: "Caption" },
    ],
  })
  // Files and their progress outlive a reload.
  .use(GoldenRetriever)
  .use(CrowflyUploader, {
    api: import.meta.env.VITE_API,
    // In an application: the access token of whoever is signed in.
    token: () => import.meta.env.VITE_TOKEN,
  });

uppy.on("upload-success", (file, { body }) => {
  const row = document.createElement("li");
  row.dataset.id = body.id;
  row.textContent = `${file.name}: ${body.verified ? "verified" : "stored"} as ${body.key}`;
  document.querySelector("#stored").append(row);
});
