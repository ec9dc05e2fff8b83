// One record as a row of the table. It has one status: what a person can expect of the file.

import { icon, make, showName } from "./dom.js";
import { bytes, moment, momentInFull } from "./format.js";
import { withheld } from "./messages.js";
import { timeOf } from "./record-order.js";

/** An upload that is not finished after this time, in milliseconds, and that no page of this browser knows, was left. */
const LEFT_MS = 15 * 60_000;

/** Kind, words, icon and explanation of a record's status. The kind colours it, and the words say the same. */
function statusOf(record, now) {
  const { status, verified, createdAt } = record;
  switch (status) {
    case "stored": {
      const reason = withheld(record);
      if (record.withheld === "scan_pending") return { kind: "wait", words: "Being scanned", sign: "wait", reason };
      if (reason) return { kind: "held", words: "Withheld", sign: "hold", reason };
      if (verified) return { kind: "good", words: "Verified", sign: "check" };
      return { kind: "plain", words: "Stored", reason: "Storage has it, and did not prove its bytes." };
    }
    case "pending":
      if (now - createdAt > LEFT_MS) return { kind: "over", words: "Abandoned", reason: "Begun, and never finished." };
      return { kind: "wait", words: "Not finished", sign: "wait", reason: "By another page or another device." };
    case "aborted":
      return { kind: "over", words: "Cancelled" };
    case "deleted":
      return { kind: "over", words: "Deleted" };
    case "expired":
      return { kind: "over", words: "Abandoned", reason: "It was never finished, and its time is over." };
    default:
      return { kind: "plain", words: status };
  }
}

/** The row of a record; a `fresh` one has just come. */
export function recordRow(record, fresh, now = Date.now()) {
  const { id, name, path, size, status, verified, crc64nvme } = record;
  const at = timeOf(record);
  const { kind, words, sign, reason } = statusOf(record, now);
  return make(
    "tr",
    { role: "row", class: fresh ? "fresh" : "", data: { record: id, status, verified: String(verified), kind } },
    make(
      "th",
      { role: "rowheader", scope: "row", class: "r-name" },
      showName(make("span", { class: "name" }), name, path),
      make("span", { class: "facts" }, reason ?? factsOf(record)),
    ),
    cell("r-status", make("span", { class: "sign" }, ...(sign ? [icon(sign)] : []), words)),
    cell("r-size num", bytes(size)),
    cell("r-time", make("time", { dateTime: new Date(at).toISOString(), title: momentInFull(at) }, moment(at))),
    cell("r-sum", crc64nvme ? make("code", {}, crc64nvme) : "–"),
    cell("r-get", ...actionsOf(record)),
  );
}

function factsOf({ type, visibility, scan }) {
  return [type, ...(visibility === "public" ? ["public"] : []), ...(scan === "clean" ? ["scanned"] : [])].join(" · ");
}

function actionsOf({ name, status, withheld: held }) {
  const action = (what, title) =>
    make(
      "button",
      { type: "button", class: "button icon", title, "aria-label": `${title} ${name}`, data: { action: what } },
      icon(what),
    );
  if (status !== "stored") return [];
  return held ? [action("delete", "Delete")] : [action("download", "Download"), action("delete", "Delete")];
}

function cell(name, ...children) {
  return make("td", { role: "cell", class: name }, ...children);
}
