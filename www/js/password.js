// The two steps of a sign-in by password: name and password and, after a temporary password, a new one.

import { signIn } from "./auth/cognito.js";
import { make } from "./dom.js";
import { field, required } from "./fields.js";

/** The first step. */
export function passwordStep(auth) {
  // `defaultValue`, so that resetting the form restores the configured values and not what was typed.
  const user = field("User name", { name: "username", type: "text", autocomplete: "username", defaultValue: auth.user ?? "" });
  const word = field("Password", {
    name: "password",
    type: "password",
    autocomplete: "current-password",
    defaultValue: auth.password ?? "",
  });
  const button = make("button", { type: "submit", class: "button primary wide", data: { action: "login" } }, "Sign in");
  const demo = auth.user ? [make("p", { class: "note" }, "Filled in with the demo user of this local run.")] : [];
  return {
    name: "password",
    title: "Sign in",
    fields: [user.element, word.element],
    after: [button, ...demo],
    async submit() {
      const name = required(user.input, "Enter your user name.");
      if (!word.input.value) required(word.input, "Enter your password.");
      return onward(name, word.input.value, await signIn(auth, name, word.input.value));
    },
    /** After a later step has expired, the password has to be typed again. */
    again() {
      word.input.value = "";
      word.input.focus();
    },
  };
}

/** The outcome of a sign-in result: `{name, grant}`, or `{step}`. */
function onward(name, password, result) {
  if (result.grant) return { name, grant: result.grant };
  return { step: newPasswordStep(name, password, result.newPassword) };
}

/** The second step: `challenge` is the `newPassword` of cognito.js. */
function newPasswordStep(name, old, challenge) {
  const intro = make(
    "p",
    { class: "note", id: "new-password-note" },
    "You signed in with a temporary password. Choose one of your own to go on.",
  );
  // Read-only, so that a password manager knows whose password to save:
  // https://www.chromium.org/developers/design-documents/create-amazing-password-forms/
  const user = field("User name", { name: "username", type: "text", autocomplete: "username", value: name, readOnly: true });
  const word = field("New password", {
    name: "new-password",
    type: "password",
    autocomplete: "new-password",
    "aria-describedby": "new-password-note login-problem",
  });
  const attributes = challenge.attributes.map(attributeField);
  const button = make(
    "button",
    { type: "submit", class: "button primary wide", data: { action: "login" } },
    "Set password and sign in",
  );
  const back = make("button", { type: "button", class: "button quiet wide", data: { action: "back" } }, "Back");
  const shown = revealButton(word);
  word.input.addEventListener("input", () => word.input.removeAttribute("aria-invalid"));
  return {
    name: "new-password",
    title: "Choose a new password",
    fields: [intro, user.element, shown.element, ...attributes.map(({ element }) => element)],
    after: [button, back],
    focus: word.input,
    back,
    async submit() {
      try {
        const password = word.input.value;
        if (!password) throw unsuitable("Enter a new password.");
        if (password === old) throw unsuitable("Choose a password other than the temporary one, because the person who gave it to you knows it.");
        const values = attributes.map(({ attribute, label, input }) => [
          attribute,
          required(input, `Enter this as well: ${label.toLowerCase()}.`),
        ]);
        const result = await challenge.choose(password, Object.fromEntries(values));
        shown.hide();
        return onward(name, password, result);
      } catch (error) {
        if (error.unsuitable) mark(word.input);
        throw error;
      }
    },
  };
}

function unsuitable(sentence) {
  return Object.assign(new Error(sentence), { unsuitable: true });
}

/** Marks the field that was refused and focuses it. */
function mark(input) {
  input.setAttribute("aria-invalid", "true");
  input.focus();
  input.select();
}

/** A button that shows the password: a mistyped new password would lock its owner out. */
function revealButton({ input, element }) {
  const button = make("button", { type: "button", class: "button", data: { action: "reveal" } });
  const show = (shown) => {
    input.type = shown ? "text" : "password";
    const word = shown ? "Hide" : "Show";
    button.textContent = word;
    button.setAttribute("aria-label", `${word} password`);
  };
  show(false);
  button.addEventListener("click", () => show(input.type === "password"));
  return { element: make("div", { class: "with-button" }, element, button), hide: () => show(false) };
}

/** Labels of the standard attributes that a pool may require. */
const ATTRIBUTES = {
  address: { label: "Address", autocomplete: "street-address" },
  birthdate: { label: "Date of birth", type: "date", autocomplete: "bday" },
  email: { label: "E-mail address", type: "email", autocomplete: "email" },
  family_name: { label: "Family name", autocomplete: "family-name" },
  given_name: { label: "Given name", autocomplete: "given-name" },
  name: { label: "Full name", autocomplete: "name" },
  nickname: { label: "Nickname", autocomplete: "nickname" },
  phone_number: { label: "Phone number, such as +15551234567", type: "tel", autocomplete: "tel" },
  website: { label: "Website", type: "url", autocomplete: "url" },
};

function attributeField(attribute) {
  const known = Object.hasOwn(ATTRIBUTES, attribute) ? ATTRIBUTES[attribute] : { label: attribute.replaceAll("_", " ") };
  const { label, type = "text", autocomplete = "off" } = known;
  return { attribute, label, ...field(label, { name: attribute, type, autocomplete }) };
}
