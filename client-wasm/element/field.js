// What the components have in common: a property for each attribute and each object, and what any form control has.

/** The names of properties: those of attributes that are there or not, of texts, of numbers; and those that are no attributes.
 * @typedef {readonly [flags: string[], texts: string[], numbers: string[], objects: string[]]} Names */

/** @type {WeakMap<HTMLElement, ElementInternals>} */
const controls = new WeakMap();
/** @type {WeakMap<HTMLElement, Record<string, unknown>>} */
const values = new WeakMap();

/** @param {string} property */
const attributeOf = (property) => property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Makes an element a control of its form.
 * @param {HTMLElement} element */
export function control(element) {
  const internals = element.attachInternals();
  controls.set(element, internals);
  return internals;
}

/** Shows the properties again that are hidden by what was set before the element was defined.
 * @param {HTMLElement} element */
export function unhide(element) {
  for (const [name, value] of Object.entries(element)) {
    if (!(name in Object.getPrototypeOf(element))) continue;
    Reflect.deleteProperty(element, name);
    // One that cannot be set is left as it is.
    Reflect.set(element, name, value);
  }
}

/** @param {HTMLElement} element
 * @param {string} attribute
 * @param {unknown} value */
function reflect(element, attribute, value) {
  if (value === null || value === undefined) element.removeAttribute(attribute);
  else element.setAttribute(attribute, `${value}`);
}

/** Defines an element with its properties, where there are elements and it is not defined yet.
 * @param {string} tag
 * @param {CustomElementConstructor & { observedAttributes?: string[] }} made
 * @param {Names} names */
export function define(tag, made, [flags, texts, numbers, objects]) {
  if (!globalThis.customElements || customElements.get(tag)) return;
  /** @param {string[]} names
   * @param {(element: HTMLElement, attribute: string, name: string) => unknown} get
   * @param {(element: HTMLElement, attribute: string, value: unknown) => void} [set] none: it stays as it is */
  const add = (names, get, set) => {
    for (const name of names) {
      const attribute = attributeOf(name);
      Object.defineProperty(made.prototype, name, {
        configurable: true,
        enumerable: true,
        get() {
          return get(this, attribute, name);
        },
        set(value) {
          set?.(this, attribute, value);
        },
      });
    }
  };
  add(
    flags,
    (element, name) => element.hasAttribute(name),
    (element, name, value) => element.toggleAttribute(name, !!value),
  );
  add(texts, (element, name) => element.getAttribute(name) ?? "", reflect);
  add(
    numbers,
    (element, name) => {
      const number = Number(element.getAttribute(name) ?? NaN);
      return number >= 0 ? number : undefined;
    },
    reflect,
  );
  add(
    objects,
    (element, name) => values.get(element)?.[name],
    (element, name, value) => {
      values.set(element, { ...values.get(element), [name]: value });
      /** @type {{ attributeChangedCallback?: (name: string, before: null, now: string) => void }} */ (element).attributeChangedCallback?.(name, null, "");
    },
  );
  add(["form", "labels", "validity", "validationMessage", "willValidate"], (element, _, name) => Object(controls.get(element))[name]);
  add(["checkValidity", "reportValidity"], (element, _, name) => () => Object(controls.get(element))[name]());
  made.observedAttributes = [...flags, ...texts, ...numbers].map(attributeOf);
  customElements.define(tag, made);
}
