const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });

window.upload = (file, api, token) =>
  new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => ("error" in data ? reject(data.error) : resolve(data.outcome));
    worker.onerror = ({ message }) => reject(message);
    worker.postMessage({ file, api, token });
  });
