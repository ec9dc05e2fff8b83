import { equal, ok, rejection, until } from "../support/world.js";

const options = { api: "https://api.test", token: () => "a.b.c" };
const HIGH = new Uint32Array(256);
const LOW = new Uint32Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  let [high, low] = [0, byte];
  for (let bit = 0; bit < 8; bit += 1) {
    const odd = low & 1;
    low = ((low >>> 1) | (high << 31)) ^ (odd ? 0xac4bc9b5 : 0);
    high = (high >>> 1) ^ (odd ? 0x9a6c9329 : 0);
  }
  [HIGH[byte], LOW[byte]] = [high, low];
}

/** CRC64NVME, byte by byte in two halves, in S3's form. */
function reference(bytes) {
  let [high, low] = [-1, -1];
  for (let at = 0; at < bytes.length; at += 1) {
    const place = (low ^ bytes[at]) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ LOW[place];
    high = (high >>> 8) ^ HIGH[place];
  }
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, ~high >>> 0);
  view.setUint32(4, ~low >>> 0);
  return btoa(String.fromCharCode(...new Uint8Array(view.buffer)));
}

function noise(length) {
  const bytes = new Uint8Array(length);
  for (let at = 0, seed = 1; at < length; at += 1) {
    seed = (seed * 16807) % 2147483647;
    bytes[at] = seed;
  }
  return bytes;
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const file = (bytes) => new File([bytes], "noise.bin");

function workers(world, source) {
  const made = [];
  const make = () => {
    const worker = world.worker(source);
    const terminate = worker.terminate.bind(worker);
    worker.terminate = () => {
      worker.ended = true;
      terminate();
    };
    made.push(worker);
    return worker;
  };
  return { made, make };
}

async function agree(createClient, make, warnings) {
  const client = createClient({ ...options, onWarning: (warning) => warnings.push(warning) }, make);
  // Around the slice of the worker (1 MiB) and the step of the page (256 KiB), and several at a time.
  const sizes = [0, 1, 9, 262143, 262145, 1048576, 1048577, 2500000];
  await Promise.all(
    sizes.map(async (size) => {
      const bytes = noise(size);
      const stored = await client.upload(file(bytes)).done;
      equal(stored.crc64nvme, reference(bytes), `CRC64NVME of ${size} bytes`);
    }),
  );
  client.close();
}

/** The bytes of a hundred files of different sizes. */
const manySmall = () => Array.from({ length: 100 }, (_, index) => noise(1000 + index));

/** How often files are read while `work` runs. */
async function countingReads(work) {
  const { arrayBuffer } = Blob.prototype;
  let reads = 0;
  Blob.prototype.arrayBuffer = function () {
    reads += 1;
    return arrayBuffer.call(this);
  };
  try {
    await work();
    return reads;
  } finally {
    Blob.prototype.arrayBuffer = arrayBuffer;
  }
}

export const cases = {
  async the_worker_agrees_with_the_reference({ createClient, world, workerSource }) {
    equal(reference(new TextEncoder().encode("123456789")), "rosUhgp5mIg=", "the check value");
    const { made, make } = workers(world, workerSource);
    const warnings = [];
    await agree(createClient, make, warnings);
    equal(warnings, []);
    ok(made.length >= 1 && made.length <= 2, `${made.length} workers`);
  },

  async the_page_agrees_with_the_reference({ createClient }) {
    const warnings = [];
    await agree(createClient, undefined, warnings);
    equal(warnings.map((warning) => warning.code), ["worker_unavailable"]);
  },

  async a_worker_that_fails_is_replaced_by_the_page({ createClient, world }) {
    for (const source of ["throw new Error('broken')", "postMessage({ failed: true })", "import './no.js'"]) {
      const { make } = workers(world, source);
      const warnings = [];
      await agree(createClient, make, warnings);
      equal(warnings.length, 1, source);
    }
  },

  async u18_the_warning_says_why_there_is_no_worker({ createClient, world }) {
    const refuse = () => {
      throw new DOMException("cannot be accessed from this origin", "SecurityError");
    };
    const silent = Object.assign(new EventTarget(), {
      postMessage() {
        queueMicrotask(() => silent.dispatchEvent(new ErrorEvent("error", { message: "404 in its place" })));
      },
      terminate() {},
    });
    for (const [make, words] of [
      [refuse, "cannot be accessed from this origin"],
      [() => silent, "404 in its place"],
      [workers(world, "throw new Error('broken')").make, "broken"],
      [workers(world, "postMessage({ failed: true })").make, "cannot use the module"],
      [undefined, "none was given"],
    ]) {
      const warnings = [];
      await agree(createClient, make, warnings);
      equal(warnings.map(({ code }) => code), ["worker_unavailable"], words);
      ok(warnings[0].message.includes(words), `${words}: ${warnings[0].message}`);
      ok(!warnings[0].message.includes("worker-src"), `blames the policy: ${warnings[0].message}`);
    }
  },

  async a_worker_that_cannot_be_made_is_replaced_by_the_page({ createClient }) {
    for (const make of [
      () => {
        throw new Error("refused by policy");
      },
      () => ({}),
    ]) {
      const warnings = [];
      await agree(createClient, make, warnings);
      equal(warnings.length, 1);
    }
  },

  async workers_end_with_the_client({ createClient, world, workerSource }) {
    const { made, make } = workers(world, workerSource);
    const client = createClient({ ...options, onWarning() {} }, make);
    client.upload(file(noise(3000000)));
    await until(() => made.length === 1, "the worker");
    client.close();
    ok(made[0].ended, "the worker goes on");
  },

  async a_file_that_cannot_be_read_is_typed({ createClient, world, workerSource, isUploadError }) {
    const table = [
      ["NotReadableError", "file_changed"],
      ["NotFoundError", "file_unreadable"],
    ];
    for (const [name, code] of table) {
      // In the page: a file whose slices fail, as those of a file that changed on disk do.
      const broken = file(noise(10));
      broken.arrayBuffer = () => Promise.reject(new DOMException("gone", name));
      broken.slice = () => broken;
      const client = createClient({ ...options, onWarning() {} });
      const error = await rejection(client.upload(broken).done);
      ok(isUploadError(error), `${error}`);
      equal([error.code, error.phase], [code, "hash"], name);
      client.close();
      // In the worker: the name of the exception comes back. What only the worker cannot read, the page reads.
      const failing = workerSource.replace("await compute(request)", `throw new DOMException("gone", "${name}")`);
      ok(failing !== workerSource, "the worker was not changed");
      const other = createClient({ ...options, onWarning() {} }, workers(world, failing).make);
      const upload = other.upload(file(noise(300_000)));
      if (name === "NotReadableError") equal((await upload.done).size, 300_000);
      else equal((await rejection(upload.done)).code, code, name);
      other.close();
    }
  },

  async small_files_are_read_together({ createClient, world }) {
    const client = createClient(options);
    const contents = manySmall();
    const reads = await countingReads(async () => {
      const uploads = contents.map((bytes) => client.upload(file(bytes)));
      const ends = await Promise.all(uploads.map(({ done }) => done));
      ends.forEach(({ crc64nvme }, index) => equal(crc64nvme, reference(contents[index]), `file ${index}`));
    });
    // Storage of this world reads each by itself.
    ok(reads < 100 + 20, `${reads} reads`);
    equal(world.puts.length, 100);
    client.close();
  },

  async small_files_without_a_checksum_are_read_together_for_the_journal({ createClient, world }) {
    const client = createClient(options);
    const reads = await countingReads(async () => {
      const uploads = manySmall().map((bytes) => client.upload(file(bytes), { checksum: "none" }));
      await Promise.all(uploads.map(({ done }) => done));
      equal(new Set(world.journalled).size, 100, "entries");
    });
    ok(reads < 100 + 20, `${reads} reads`);
    equal(world.puts.length, 100);
    client.close();
  },

  async one_unreadable_file_among_many_fails_alone({ createClient }) {
    const directory = await navigator.storage.getDirectory();
    const handle = await directory.getFileHandle("changing.bin", { create: true });
    const write = async (bytes) => {
      const writer = await handle.createWritable();
      await writer.write(bytes);
      await writer.close();
    };
    await write(noise(1000));
    const changed = await handle.getFile();
    await pause(20);
    await write(noise(2000));
    const client = createClient({ ...options, onWarning() {} });
    const files = Array.from({ length: 9 }, () => file(noise(1000)));
    files.splice(4, 0, changed);
    const ends = await Promise.allSettled(files.map((one) => client.upload(one).done));
    const failed = ends.flatMap(({ reason }, index) => (reason ? [[index, reason.code]] : []));
    equal(failed, [[4, "file_changed"]]);
    client.close();
  },

  async u7_a_read_of_many_that_hangs_holds_up_no_file({ createClient }) {
    const { arrayBuffer } = Blob.prototype;
    let reads = 0;
    // The first read is of all; later ones are of one file each.
    Blob.prototype.arrayBuffer = function () {
      reads += 1;
      return reads === 1 ? new Promise(() => {}) : arrayBuffer.call(this);
    };
    const client = createClient(options);
    try {
      const bytes = noise(1000);
      const uploads = Array.from({ length: 10 }, () => client.upload(file(bytes)));
      const ends = await Promise.all(uploads.map(({ done }) => done));
      for (const { crc64nvme } of ends) equal(crc64nvme, reference(bytes));
      ok(reads >= 11, `${reads} reads`);
    } finally {
      Blob.prototype.arrayBuffer = arrayBuffer;
    }
    client.close();
  },

  async a_page_that_can_read_nothing_blames_no_file({ createClient, world, workerSource }) {
    const warm = { ...options, onWarning() {} };
    let blind = true;
    world.refuseBytes(() => blind);
    // In the page.
    const small = file(noise(10));
    const read = small.arrayBuffer.bind(small);
    let tries = 0;
    small.arrayBuffer = () => {
      if (!blind) return read();
      tries += 1;
      return Promise.reject(new DOMException("no", "NotReadableError"));
    };
    const client = createClient(warm);
    const upload = client.upload(small);
    await until(() => tries > 1, "another attempt");
    equal(upload.state, "hashing");
    blind = false;
    await upload.done;
    client.close();
    // In the worker, which fails three times, and once in a page that can read again.
    for (const times of [3, 1]) {
      blind = times > 1;
      const refusal = `if ((globalThis.tries = (globalThis.tries ?? 0) + 1) <= ${times}) throw new DOMException("no", "NotReadableError");`;
      const failing = workerSource.replace("await compute(request)", `{ ${refusal} await compute(request); }`);
      ok(failing !== workerSource, "the worker was not changed");
      const other = createClient(warm, workers(world, failing).make);
      await other.upload(file(noise(300_000))).done;
      other.close();
    }
  },

  async a_lost_request_in_a_page_that_can_read_nothing_blames_no_file({ createClient, world }) {
    for (const [unreadable, code] of [[() => true], [({ type }) => type === "", "file_changed"]]) {
      world.refuseBytes(unreadable);
      // Pieces of a file have no type; what the page reads to learn whether it can read at all is none of a file.
      const control = Blob;
      globalThis.Blob = class extends control {
        constructor(parts, given) {
          super(parts, { type: "text/x-control", ...given });
        }
        static [Symbol.hasInstance](value) {
          return value instanceof control;
        }
      };
      world.storage = () => "lost";
      const client = createClient({ ...options, onWarning() {} });
      try {
        const upload = client.upload(file(noise(1000)));
        if (code) equal((await rejection(upload.done)).code, code);
        else await upload.done;
      } finally {
        globalThis.Blob = control;
        client.close();
      }
    }
  },

  async a_worker_may_answer_while_it_is_being_posted_to({ createClient, isUploadError }) {
    const bytes = noise(300_000);
    const octets = Uint8Array.from(atob(reference(bytes)), (digit) => digit.charCodeAt(0));
    const crc = btoa(String.fromCharCode(...octets));
    const answers = {
      "with the checksum": ({ id }) => ({ id, crc }),
      "that it cannot use the module": () => ({ failed: true }),
      "with an error": ({ id }) => ({ id, error: "NotFoundError" }),
    };
    for (const [what, answer] of Object.entries(answers)) {
      const make = () =>
        Object.assign(new EventTarget(), {
          postMessage(message) {
            if (message.module) return;
            this.dispatchEvent(new MessageEvent("message", { data: answer(message) }));
          },
          terminate() {},
        });
      const client = createClient({ ...options, onWarning() {} }, make);
      const upload = client.upload(file(bytes));
      const settled = await Promise.race([upload.done.catch((error) => error), new Promise((late) => setTimeout(late, 3_000))]);
      if (what === "with an error") equal([isUploadError(settled), settled?.code], [true, "file_unreadable"], what);
      else equal(settled?.crc64nvme, reference(bytes), what);
      client.close();
    }
  },

  async a_worker_may_fail_while_a_job_is_cancelled({ createClient, isUploadError }) {
    const make = () =>
      Object.assign(new EventTarget(), {
        postMessage({ cancel }) {
          if (cancel !== undefined) this.dispatchEvent(new ErrorEvent("error", { message: "gone", cancelable: true }));
        },
        terminate() {},
      });
    const client = createClient({ ...options, onWarning() {} }, make);
    const uploads = [client.upload(file(noise(300_000))), client.upload(file(noise(300_001)))];
    await until(() => uploads.every(({ state }) => state === "hashing"), "the hashing");
    uploads[0].abort();
    ok(!isUploadError(await rejection(uploads[0].done)), "the abort");
    equal((await uploads[1].done).size, 300_001, "the other goes on in the page");
    client.close();
  },
};
