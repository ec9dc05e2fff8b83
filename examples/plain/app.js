import { createClient } from "./crowfly.min.js";

const client = await createClient({
  api: "https://abc.execute-api.eu-west-1.amazonaws.com",
  // In an application: the access token of whoever is signed in.
  token: () => "eyJ...",
});

const [picker, list, left, status] = ["#picker", "#uploads", "#left", "[role=status]"].map((css) => document.querySelector(css));

picker.addEventListener("change", () => {
  for (const file of picker.files) client.upload(file);
  picker.value = "";
});

/** What can be done about an upload, by its state: the name of the function, and the word on the button. */
function actions(state) {
  if (state === "failed") return { retry: "Retry", abort: "Cancel" };
  if (state === "paused") return { resume: "Resume", abort: "Cancel" };
  return ["stored", "aborted"].includes(state) ? {} : { pause: "Pause", abort: "Cancel" };
}

function button(word, name, act) {
  const made = document.createElement("button");
  made.append(word);
  made.ariaLabel = `${word} ${name}`;
  made.addEventListener("click", act);
  return made;
}

/** Each upload's row, by its id. */
const rows = new Map();
function row({ id, name, state, progress, error }) {
  if (!rows.has(id)) {
    rows.set(id, document.createElement("li"));
    list.append(rows.get(id));
  }
  const item = rows.get(id);
  if (item.dataset.state !== state) {
    const upload = client.find(id);
    const focused = item.contains(document.activeElement);
    const buttons = Object.entries(actions(state)).map(([act, word]) => button(word, name, () => upload[act]()));
    const bar = Object.assign(document.createElement("progress"), { ariaLabel: name });
    item.replaceChildren(`${name}: ${error?.message ?? state}`, ...buttons, bar);
    item.dataset.state = state;
    if (focused) buttons[0]?.focus();
  }
  const bar = item.querySelector("progress");
  bar.max = progress.total || 1;
  bar.value = progress.sent;
}

function show() {
  const { uploads, totals } = client.snapshot();
  uploads.forEach(row);
  status.textContent = `${totals.stored} of ${totals.uploads} stored`;
}
client.subscribe(show);
show();

// What an earlier page left goes on with the same file, picked again.
for (const { name, attach, discard } of await client.resumable()) {
  const item = document.createElement("li");
  const again = Object.assign(document.createElement("input"), { type: "file", ariaLabel: `Choose ${name} again` });
  const end = (promise) => promise.then(() => item.remove(), (error) => item.append(error.message));
  again.addEventListener("change", () => end(attach(again.files[0])));
  item.append(`${name} was left unfinished. `, again, button("Discard", name, () => end(discard())));
  left.append(item);
}
