// DOM helpers that all views share. Text is always inserted as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

/** The element with this id. */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html has no #${id}`);
  return element;
}

/** Makes an element; `props` are properties, except `class`, `data` and attributes with a dash or `role`. */
export function make(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined) continue;
    if (name === "class") element.className = value;
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name.includes("-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

/** Technical details of an error, collapsed: they are for the developer to whom a person reports it. */
export function details(text) {
  return make("details", { class: "facts" }, make("summary", {}, "Technical details"), make("span", {}, text));
}

/** An icon from the sprite in index.html. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** Sets text only if it differs, to avoid a layout. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets an attribute only if it differs. */
export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Shows a file's name, and the folder that it is in, if any. Texts of two directions do not reorder each other. */
export function showName(element, name, path) {
  element.append(make("bdi", {}, name));
  if (path) element.append(" ", make("bdi", { class: "folder" }, path));
  element.title = path ? `${path}/${name}` : name;
  return element;
}
