// Storage behind `XMLHttpRequest`: what a world says of each PUT.

/** Not the world's: a case may make its time run faster. */
const setTimeoutOfPage = globalThis.setTimeout.bind(globalThis);

export class FakeXhr extends EventTarget {
  constructor(world) {
    super();
    this.world = world;
    this.upload = new EventTarget();
    this.headers = {};
    this.status = 0;
    this.responseText = "";
    this.readyState = 0;
  }

  open(method, url) {
    // As a browser refuses them.
    new URL(url, location.href);
    this.method = method;
    this.url = url;
    this.readyState = 1;
  }

  setRequestHeader(name, value) {
    new Headers([[name, value]]);
    this.headers[name] = value;
  }

  getAllResponseHeaders() {
    return this.answerHeaders ?? "";
  }

  async send(body) {
    const place = this.world.puts.length;
    this.world.puts.push({ method: this.method, url: this.url, headers: this.headers, size: body.size, type: body.type });
    const own = this.world.storage(this.world.puts[place]);
    if (own === "hang") return;
    if (own === "refused") return this.fail();
    const bytes = await body.arrayBuffer().catch(() => undefined);
    if (!bytes) return this.fail();
    const total = bytes.byteLength;
    for (const loaded of [Math.floor(total / 2), total]) {
      await new Promise((done) => setTimeoutOfPage(done, own === "slow" ? 100 : 5));
      if (this.readyState === 4) return;
      // As in a page whose service worker answers its requests.
      if (own === "unseen") continue;
      this.upload.dispatchEvent(new ProgressEvent("progress", { lengthComputable: true, loaded, total }));
    }
    if (this.readyState === 4) return;
    this.readyState = 4;
    if (own === "lost") return this.fail();
    this.status = own?.status ?? 200;
    if (this.status === 200) this.world.keep(this.world.puts[place]);
    this.responseText = own?.body ?? "";
    this.answerHeaders = own?.headers;
    this.dispatchEvent(new ProgressEvent("load"));
  }

  fail() {
    this.readyState = 4;
    this.dispatchEvent(new ProgressEvent("error"));
  }

  abort() {
    if (this.readyState === 1) {
      this.readyState = 4;
      this.world.aborted += 1;
      this.dispatchEvent(new ProgressEvent("abort"));
    }
  }
}
