// What of the demo page's recorder needs no page.
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const page = join(dirname(fileURLToPath(import.meta.url)), "../../../www/js");
const load = (name) => import(pathToFileURL(join(page, name)));
const { fileName, recordedType, storedType } = await load("recording/media-type.js");
const { History, LINES } = await load("recording/history.js");
const { level } = await load("recording/level.js");
const { WARNINGS, clock, lost, missing, refusal, status } = await load("recording/words.js");

const KINDS = ["camera", "microphone", "screen"];

test("the first type that the browser makes is recorded, WebM before MP4", () => {
  const only = (...types) => (type) => types.includes(type);
  const all = () => true;
  assert.deepEqual(KINDS.map((kind) => recordedType(kind, all)), [
    "video/webm;codecs=vp9,opus",
    "audio/webm;codecs=opus",
    "video/webm;codecs=vp9,opus",
  ]);
  assert.equal(recordedType("camera", only("video/webm;codecs=vp8,opus", "video/mp4")), "video/webm;codecs=vp8,opus");
  assert.deepEqual(KINDS.map((kind) => recordedType(kind, only("video/mp4", "audio/mp4"))), ["video/mp4", "audio/mp4", "video/mp4"]);
  assert.equal(recordedType("camera", () => false), undefined);
  assert.equal(storedType("video/webm;codecs=vp9,opus"), "video/webm");
});

test("a file is named by its source, its time and its type, and by nothing that a file system refuses", () => {
  const date = new Date(2026, 10, 3, 4, 5, 6);
  assert.equal(fileName("camera", "video/webm;codecs=vp8,opus", date), "camera 2026-11-03 04.05.06.webm");
  assert.equal(fileName("microphone", "audio/mp4", date), "microphone 2026-11-03 04.05.06.m4a");
  assert.equal(fileName("screen", "video/mp4", date), "screen 2026-11-03 04.05.06.mp4");
});

const box = { width: 100, top: 0, base: 50 };
const numbers = (path) => path.slice(1).split("L").map((point) => point.split(" ").map(Number));

test("three lines go up from zero to a round scale", () => {
  const history = new History();
  assert.deepEqual(history.lines(box).paths, { recorded: "", sent: "", confirmed: "" });
  history.add(0, { sent: 0, confirmed: 0 });
  history.add(1000, { recorded: 1_000_000, sent: 500_000, confirmed: 0 });
  history.add(2000, { recorded: 2_000_000, sent: 1_500_000, confirmed: 1_000_000 });
  const { scale, span, paths } = history.lines(box);
  assert.deepEqual([scale, span], [2_000_000, 2000]);
  assert.equal(paths.recorded, "M0 50L50 25L100 0");
  assert.equal(paths.sent, "M0 50L50 37.5L100 12.5");
  assert.equal(paths.confirmed, "M0 50L50 50L100 25");
});

test("a chart of one moment or of none divides by nothing", () => {
  const history = new History();
  history.add(0, { recorded: 5, sent: 0, confirmed: 0 });
  for (const path of Object.values(history.lines(box).paths)) assert.match(path, /^M0 [\d.]+$/);
});

test("an hour has no more points than can be seen, and keeps its first and last", () => {
  const history = new History();
  for (let at = 0; at <= 3_600_000; at += 250) history.add(at, { recorded: at * 600, sent: at * 500, confirmed: at * 400 });
  assert.ok(history.length <= 240, `${history.length} samples`);
  const { span, scale, paths } = history.lines(box);
  assert.deepEqual([span, scale], [3_600_000, 5_000_000_000]);
  for (const name of LINES) {
    const points = numbers(paths[name]);
    assert.deepEqual([points[0][0], points.at(-1)[0]], [0, 100]);
    assert.ok(points.every(([x], place) => place === 0 || x >= points[place - 1][0]), `${name} goes back`);
  }
});

test("the chart is said in words", () => {
  const history = new History();
  assert.equal(history.words(), "Nothing is recorded yet.");
  history.add(34_000, { recorded: 21_000_000, sent: 18_000_000, confirmed: 15_728_640 });
  assert.equal(history.words(), "After 34 s: 21 MB recorded, 18 MB sent, 15.7 MB confirmed by storage.");
});

test("silence is 0, the loudest 100, and a tenth of it 20 dB less", () => {
  const tone = (height) => Float32Array.from({ length: 2048 }, (_, at) => (at % 2 ? height : -height));
  assert.deepEqual([0, 0.001, 0.1, 1, 2].map((height) => level(tone(height))), [0, 0, 67, 100, 100]);
  assert.equal(level(new Float32Array()), 0);
});

test("what a page cannot record is said before it is tried", () => {
  const devices = { getUserMedia() {}, getDisplayMedia() {} };
  const full = { secure: true, devices, recorder: class {} };
  for (const kind of KINDS) {
    assert.equal(missing(kind, full), undefined);
    assert.match(missing(kind, { ...full, secure: false, devices: undefined }), /https/);
    assert.match(missing(kind, { ...full, recorder: undefined }), /cannot record/);
    assert.match(missing(kind, { ...full, devices: undefined }), /cannot record/);
  }
  const phone = { ...full, devices: { getUserMedia() {} } };
  assert.deepEqual([missing("camera", phone), missing("microphone", phone)], [undefined, undefined]);
  assert.match(missing("screen", phone), /most phones.*camera/);
});

test("each refusal has a sentence of its own that says what to do", () => {
  const names = ["NotAllowedError", "NotFoundError", "NotReadableError", "NotSupportedError", "SomethingError"];
  for (const kind of KINDS) {
    const said = names.map((name) => refusal(kind, { name }));
    assert.equal(new Set(said).size, names.length, kind);
    assert.ok(said.every((sentence) => /\.$/.test(sentence) && /press|Use|Try/i.test(sentence)), kind);
  }
  assert.match(refusal("camera", { name: "NotAllowedError" }), /not allowed to use the camera.*Allow it/);
  assert.match(refusal("screen", { name: "NotAllowedError" }), /Nothing was shared/);
  assert.match(refusal("microphone", { name: "NotFoundError" }), /no microphone/);
  assert.match(refusal("camera", { name: "NotReadableError" }), /another program/);
  assert.match(refusal("camera", undefined), /could not be started/);
  assert.notEqual(lost("screen"), lost("camera"));
  for (const code of ["spool_unavailable", "source_failed", "limit_reached"]) assert.ok(WARNINGS[code].endsWith("."), code);
});

test("what goes on is said for each state, and that sending is held", () => {
  assert.equal(status("idle", "camera"), "");
  assert.match(status("asking", "camera"), /asks whether this page may use the camera/);
  assert.match(status("asking", "screen"), /what to share/);
  assert.equal(status("recording", "camera", "uploading"), "Recording the camera.");
  assert.match(status("recording", "camera", "uploading", 0), /first part goes once it has 5\sMiB/);
  assert.equal(status("recording", "camera", "uploading", 9), "Recording the camera.");
  assert.match(status("recording", "screen", "paused", 0), /^Recording the screen\. Sending is paused\.$/);
  assert.match(status("recording", "camera", "waiting"), /goes on by itself/);
  assert.match(status("sending", "camera", "uploading"), /rest is being sent/);
  assert.match(status("sending", "camera", "paused"), /over\. Sending is paused/);
  assert.match(status("stored", "camera", "stored"), /Stored/);
  assert.match(status("failed", "camera", "failed"), /still here/);
});

test("times are those of a recorder", () => {
  assert.deepEqual([0, 7_999, 760_000, 3_723_000, -5].map(clock), ["0:00", "0:07", "12:40", "1:02:03", "0:00"]);
});
