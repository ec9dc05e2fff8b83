import { equal, ok, rejection, until } from "../support/world.js";

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
/** When the page is there: see `support/mod.rs`. */
const recordings = () => import("./live.js");

/** A recorder whose events a case makes. */
class FakeRecorder extends EventTarget {
  ondataavailable = null;
  state = "recording";
  starts = 0;
  asked = 0;

  start() {
    this.starts += 1;
    this.state = "recording";
  }

  stop() {
    this.state = "inactive";
    queueMicrotask(() => this.dispatchEvent(new Event("stop")));
  }

  pause() {
    this.state = "paused";
  }

  resume() {
    this.state = "recording";
  }

  requestData() {
    this.asked += 1;
  }

  give(bytes) {
    this.dispatchEvent(Object.assign(new Event("dataavailable"), { data: new Blob([bytes]) }));
  }
}

/** All that a recorder gives, as a page hears it. */
function heard(media) {
  const pieces = [];
  media.addEventListener("dataavailable", ({ data }) => pieces.push(data));
  return async () => new Uint8Array(await new Blob(pieces).arrayBuffer());
}

/** Records a picture that moves: with `start` the page starts the recorder. The bytes are those that the page hears. */
async function recorded(test, { type = "video/webm", start }, work) {
  const { canvas, recordable, same, withWorker } = await recordings();
  const sent = recordable(test.world);
  const warnings = [];
  const client = withWorker(test, { onWarning: ({ code }) => warnings.push(code) });
  const { stream, end } = canvas();
  const media = new MediaRecorder(stream, { mimeType: type });
  const all = heard(media);
  start?.(media);
  const upload = client.uploadLive(media, { name: "a.webm" });
  await work({ media, stream, upload });
  const { size } = await upload.done;
  end();
  const wanted = await all();
  equal([size, media.state, warnings], [wanted.length, "inactive", []]);
  same(await sent(), wanted);
  equal(client.snapshot().uploads[0].type, type.split(";")[0]);
  client.close();
}

export const cases = {
  async what_is_no_piece_is_never_sent_as_its_text(test) {
    const { noise, recordable, same, withWorker } = await recordings();
    for (const wrong of [null, 5, "text", {}, Object.assign(new Event("dataavailable"), { data: new Blob([noise(9)]) })]) {
      const sent = recordable(test.world);
      const warnings = [];
      const client = withWorker(test, { onWarning: ({ code }) => warnings.push(code) });
      equal((await client.uploadLive([noise(10), wrong, noise(10)], { name: "a.bin" }).done).size, 10);
      same(await sent(), noise(10));
      equal(warnings, ["source_failed"], String(wrong));
      equal((await rejection(client.uploadLive([wrong], { name: "a.bin" }).done)).name, "TypeError");
      client.close();
    }
  },

  async what_a_recorder_gives_at_once_is_not_lost(test) {
    const { noise, recordable, same, withWorker } = await recordings();
    const sent = recordable(test.world);
    const client = withWorker(test);
    const media = new FakeRecorder();
    const upload = client.uploadLive(media, { name: "a.webm" });
    media.give(noise(1_000));
    await until(() => upload.progress.recorded === 1_000, "the first piece");
    media.give(noise(10, 2));
    media.stop();
    equal((await upload.done).size, 1_010);
    same((await sent()).subarray(0, 1_000), noise(1_000));
    client.close();
  },

  async a_recorder_that_is_stopped_at_once_is_not_started_again(test) {
    const { noise, recordable, same, withWorker } = await recordings();
    const sent = recordable(test.world);
    const client = withWorker(test);
    const media = new FakeRecorder();
    const upload = client.uploadLive(media, { name: "a.webm" });
    media.give(noise(100));
    media.stop();
    equal((await upload.done).size, 100);
    equal([media.starts, media.state], [0, "inactive"]);
    same(await sent(), noise(100));
    client.close();
  },

  a_recorder_in_small_slices_gives_all_its_pieces: (test) =>
    recorded(test, { start: (media) => media.start(20) }, async ({ media, upload }) => {
      await until(() => upload.progress.recorded > 0, "the first bytes", 10_000);
      await pause(500);
      media.stop();
    }),

  async a_recorder_that_falls_silent_is_asked(test) {
    const { noise, recordable, withWorker } = await recordings();
    recordable(test.world);
    const client = withWorker(test);
    const media = Object.assign(new FakeRecorder(), { state: "inactive" });
    const upload = client.uploadLive(media, { name: "a.webm" });
    equal(media.starts, 1);
    const timer = setInterval(() => media.give(noise(10)), 300);
    await pause(2_500);
    clearInterval(timer);
    equal(media.asked, 0, "asked while it gave");
    await until(() => media.asked > 0, "a question", 5_000);
    media.state = "paused";
    const before = media.asked;
    await pause(2_500);
    equal(media.asked, before, "asked while it was paused");
    media.stop();
    ok((await upload.done).size >= 70, "bytes");
    client.close();
  },

  async a_recorder_of_mp4_is_sent_as_it_is(test) {
    const type = "video/mp4;codecs=vp9";
    if (!MediaRecorder.isTypeSupported(type)) return;
    await recorded(test, { type }, async ({ upload }) => {
      await until(() => upload.progress.recorded > 0, "the first bytes", 10_000);
      await pause(1_200);
      upload.finish();
    });
  },

  // As the browser's own button does that ends the sharing of a screen.
  a_recorder_whose_tracks_end_ends_the_upload: (test) =>
    recorded(test, {}, async ({ stream, upload }) => {
      await until(() => upload.progress.recorded > 0, "the first bytes", 10_000);
      stream.getTracks().forEach((track) => track.stop());
    }),

  a_recorder_that_was_paused_for_long_goes_on: (test) =>
    recorded(test, { start: (media) => media.start() }, async ({ media, upload }) => {
      await until(() => upload.progress.recorded > 0, "the first bytes", 10_000);
      media.pause();
      await pause(3_500);
      const before = upload.progress.recorded;
      media.resume();
      await until(() => upload.progress.recorded > before, "more bytes", 10_000);
      media.stop();
    }),

  async a_recorder_that_cannot_start_fails_its_upload(test) {
    const { canvas, recordable, withWorker } = await recordings();
    recordable(test.world);
    const client = withWorker(test);
    const { stream, end } = canvas();
    const media = new MediaRecorder(stream, { mimeType: "video/webm" });
    stream.getTracks().forEach((track) => track.stop());
    end();
    const upload = client.uploadLive(media, { name: "a.webm" });
    const error = await rejection(upload.done);
    ok(error instanceof DOMException, String(error));
    equal(upload.state, "aborted");
    client.close();
  },

  async a_stream_that_another_reads_fails_its_upload(test) {
    const { recordable, tap, withWorker } = await recordings();
    recordable(test.world);
    const client = withWorker(test);
    const { stream } = tap();
    stream.getReader();
    const upload = client.uploadLive(stream, { name: "a.bin" });
    ok((await rejection(upload.done)) instanceof TypeError, "another reason");
    equal(upload.state, "aborted");
    client.close();
  },

  async what_was_given_by_the_end_is_the_whole(test) {
    const { noise, recordable, same, tap, withWorker } = await recordings();
    const sent = recordable(test.world);
    const client = withWorker(test);
    const bytes = noise(50_000);
    const { stream, give } = tap();
    const upload = client.uploadLive(stream, { name: "a.bin" });
    for (let at = 0; at < bytes.length; at += 1_000) give(bytes.subarray(at, at + 1_000));
    upload.finish();
    equal((await upload.done).size, bytes.length);
    same(await sent(), bytes);
    client.close();
  },

  async what_a_limit_cuts_off_is_told_although_the_source_has_ended(test) {
    const { noise, recordable, same, withWorker } = await recordings();
    const sent = recordable(test.world);
    const warnings = [];
    const client = withWorker(test, { onWarning: ({ code }) => warnings.push(code) });
    // Less than a file of the spool, so that none of it can be read before the end.
    equal((await client.uploadLive([noise(3_000)], { name: "a.bin", maxBytes: 2_000 }).done).size, 2_000);
    same(await sent(), noise(3_000).subarray(0, 2_000));
    equal(warnings, ["limit_reached"]);
    // One that goes on is stopped as soon as it has given too much.
    let given = 0;
    async function* endless() {
      for (; ; given += 1) {
        yield noise(1_000);
        await pause(10);
      }
    }
    equal((await client.uploadLive(endless(), { name: "a.bin", maxBytes: 2_000 }).done).size, 2_000);
    ok(given < 100, `${given} pieces`);
    client.close();
  },

  async a_recorder_without_a_type_tells_it_when_it_begins(test) {
    const { canvas, noise, recordable, withWorker } = await recordings();
    recordable(test.world);
    const client = withWorker(test);
    const { stream, end } = canvas();
    const media = new MediaRecorder(stream);
    const typeOf = (id) => test.world.objects.get(id).item.type;
    let type;
    media.addEventListener("dataavailable", ({ data }) => (type ||= data.type));
    const upload = client.uploadLive(media, { name: "a" });
    await until(() => upload.progress.recorded > 0, "the first bytes", 10_000);
    upload.finish();
    const { id } = await upload.done;
    end();
    ok(/^video\//.test(type), `${type}`);
    equal(typeOf(id), type.split(";")[0]);
    // As Firefox does: https://github.com/w3c/mediacapture-record/issues/170
    const other = Object.assign(new FakeRecorder(), { mimeType: "" });
    const short = client.uploadLive(other, { name: "a" });
    short.pause();
    other.dispatchEvent(Object.assign(new Event("dataavailable"), { data: new Blob([noise(9)], { type: "audio/ogg; codecs=opus" }) }));
    other.stop();
    await until(() => short.state === "paused" && short.progress.total === 9, "its end");
    short.resume();
    equal(typeOf((await short.done).id), "audio/ogg");
    // What comes to nothing is asked of no server.
    const calls = test.world.calls.length;
    const aborted = client.uploadLive(Object.assign(new FakeRecorder(), { mimeType: "" }), { name: "a" });
    aborted.abort("no");
    equal([await rejection(aborted.done), test.world.calls.length], ["no", calls]);
    client.close();
  },

  async a_recorder_of_a_library_needs_no_request_data(test) {
    const { noise, recordable, same, withWorker } = await recordings();
    const sent = recordable(test.world);
    const client = withWorker(test);
    const media = Object.assign(new FakeRecorder(), { requestData: undefined });
    const upload = client.uploadLive(media, { name: "a.wav", type: "audio/wav" });
    media.give(noise(500));
    await pause(1_700);
    media.stop();
    equal((await upload.done).size, 500);
    same(await sent(), noise(500));
    client.close();
  },

  a_recorder_that_ends_before_its_first_piece_is_stored: (test) =>
    recorded(test, {}, async ({ media, upload }) => {
      media.stop();
      upload.finish();
    }),

  // https://w3c.github.io/mediacapture-record/#dom-mediarecorder-start
  async a_recorder_whose_tracks_change_keeps_what_it_gave(test) {
    const { canvas, recordable, same, withWorker } = await recordings();
    const sent = recordable(test.world);
    const warnings = [];
    const client = withWorker(test, { onWarning: ({ code }) => warnings.push(code) });
    const [first, second] = [canvas(), canvas()];
    const media = new MediaRecorder(first.stream, { mimeType: "video/webm" });
    const all = heard(media);
    const upload = client.uploadLive(media, { name: "a.webm" });
    await until(() => upload.progress.recorded > 0, "the first bytes", 10_000);
    first.stream.addTrack(second.stream.getVideoTracks()[0]);
    const { size } = await upload.done;
    [first, second].forEach(({ end }) => end());
    const wanted = await all();
    equal([size, media.state, warnings], [wanted.length, "inactive", ["source_failed"]]);
    same(await sent(), wanted);
    client.close();
  },

  async empty_pieces_are_nothing(test) {
    const { noise, recordable, same, withWorker } = await recordings();
    const sent = recordable(test.world);
    for (const client of [withWorker(test), test.createClient({ api: "https://api.test", token: () => "a.b.c", onWarning() {} })]) {
      const bytes = noise(30);
      const empty = new Uint8Array();
      const pieces = [new Blob(), bytes.subarray(0, 10), empty, empty, bytes.subarray(10), new ArrayBuffer(0)];
      equal((await client.uploadLive(pieces, { name: "a.bin" }).done).size, 30);
      same(await sent(), bytes);
      client.close();
    }
  },
};
