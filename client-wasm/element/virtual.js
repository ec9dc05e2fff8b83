// The list of rows: all of a short list, those that are seen of a long one.
import { h, set } from "./dom.js";
import { Row } from "./row.js";
import { isEnded, MOST_ROWS, seenRows } from "./sums.js";

/** @import { Item } from "./list.js" */
/** @import { Around } from "./row.js" */

/** Row height of a long list before one was measured, in CSS pixels. */
const ROW = 72;

export class Rows {
  /** By item.
   * @type {Map<Item, Row>} */
  rows = new Map();
  #height = ROW;
  #changed;
  /** @type {Item | undefined} */
  #current;

  /** @param {() => void} changed called when it was scrolled */
  constructor(changed) {
    this.element = h("ul", { part: "list", role: "list", scroll: changed });
    this.#changed = changed;
  }

  /** @param {readonly Item[]} items
   * @param {Around} around */
  render(items, around) {
    const { element } = this;
    const long = items.length > MOST_ROWS;
    set(element, "data-long", long);
    const [first, end] = long ? seenRows(items.length, this.#height, element.scrollTop, element.clientHeight) : [0, items.length];
    const focused = [...this.rows].find(([, row]) => row.element.matches(":focus-within"))?.[0];
    const place = focused ? items.indexOf(focused) : -1;
    /** @type {Set<Item>} */
    const wanted = new Set(items.slice(first, end));
    // The row that has the focus stays.
    if (focused && place >= 0) wanted.add(focused);
    for (const [item, row] of this.rows) {
      if (wanted.has(item)) continue;
      row.element.remove();
      this.rows.delete(item);
    }
    const places = Array.from({ length: end - first }, (_, index) => first + index);
    if (place >= 0 && (place < first || place >= end)) places.push(place);
    /** @type {Element | null} */
    let before = null;
    for (const index of places.sort((one, other) => one - other)) {
      const item = /** @type {Item} */ (items[index]);
      const row = this.rows.get(item) ?? new Row(item, around.act);
      this.rows.set(item, row);
      // Only what is out of place is moved: moving takes the focus away.
      /** @type {Element | null} */
      const next = before ? before.nextElementSibling : element.firstElementChild;
      if (next !== row.element) element.insertBefore(row.element, next);
      before = row.element;
      set(row.element, "aria-setsize", items.length);
      set(row.element, "aria-posinset", index + 1);
      row.element.style.insetBlockStart = long ? `${index * this.#height}px` : "";
      row.render(around);
    }
    this.#follow(items, long);
    if (!long) return;
    const height = this.rows.values().next().value?.element.offsetHeight;
    element.style.setProperty("--all", `${items.length * this.#height}px`);
    if (!height || height === this.#height) return;
    this.#height = height;
    this.#changed();
  }

  /** Scrolls to the first that is not finished, whenever that is another one, unless a person is in the list.
   * @param {readonly Item[]} items
   * @param {boolean} long */
  #follow(items, long) {
    const { element } = this;
    const index = items.findIndex((item) => !isEnded(item));
    const item = items[index];
    if (!item || item === this.#current || element.matches(":hover,:focus-within")) return;
    this.#current = item;
    element.scrollTop = long ? index * this.#height : (this.rows.get(item)?.element.offsetTop ?? 0);
  }

  /** Gives the focus of a row that is about to leave to the nearest one that stays; false if there is none.
   * @param {Item} item
   * @param {Item[]} before
   * @param {Item[]} items */
  passFocus(item, before, items) {
    if (!this.rows.get(item)?.element.matches(":focus-within")) return true;
    const index = before.indexOf(item);
    const near = [...before.slice(index + 1), ...before.slice(0, index).reverse()];
    const other = near.find((one) => this.rows.has(one) && items.includes(one));
    if (other) this.rows.get(other)?.second.element.focus();
    return !!other;
  }
}
