// The style sheet: by script, so that a content security policy without 'unsafe-inline' has nothing to refuse.

/** The style sheets of the component and its name, which the build puts here. */
const CSS = /** @type {{ CROWFLY_STYLE: string }} */ (/** @type {unknown} */ (globalThis)).CROWFLY_STYLE;
const TAG = /** @type {{ CROWFLY_TAG: string }} */ (/** @type {unknown} */ (globalThis)).CROWFLY_TAG;

/** @type {CSSStyleSheet[]} */
const sheets = [];

/** Gives the sheet to a tree that lacks it.
 * @param {Document | ShadowRoot} root
 * @param {boolean} light whether the element has no shadow root: the sheet then counts inside the element only, and each rule
 * of the page counts more */
export function adopt(root, light) {
  const sheet = (sheets[Number(light)] ??= made(light ? `:where(${TAG}[light]){${CSS.replace(/:host(\((.*?)\))?/g, "&$2")}}` : CSS));
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
}

/** @param {string} css */
function made(css) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
}
