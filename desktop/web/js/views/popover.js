// A list that floats over a text field and is steered from it: the field keeps the focus.

import { fill, h, icon, uniqueId } from "../dom.js";

/**
 * @typedef {{label: string, hint?: string | null, end?: string | null, icon: string, pick: () => void}} Choice
 */

export class Popover {
  /**
   * @param {HTMLTextAreaElement} field
   * @param {HTMLElement} box that it stands above
   */
  constructor(field, box) {
    this._field = field;
    this._id = uniqueId("choices");
    this._list = h("div", { class: "menu popover", id: this._id, role: "listbox", "aria-label": "Suggestions", hidden: true });
    box.append(this._list);
    field.setAttribute("aria-autocomplete", "list");
    /** @type {Choice[]} */
    this._choices = [];
    this._chosen = 0;
  }

  get isOpen() {
    return !this._list.hidden;
  }

  /** @param {Choice[]} choices an empty list closes it */
  show(choices) {
    this._choices = choices;
    this._chosen = 0;
    this._list.hidden = choices.length === 0;
    if (choices.length === 0) {
      this._field.removeAttribute("aria-controls");
      this._field.removeAttribute("aria-activedescendant");
      return;
    }
    this._field.setAttribute("aria-controls", this._id);
    fill(this._list, choices.map((choice, index) => h(
      "div",
      { class: "menu-item", role: "option", id: `${this._id}-${index}`, on: { pointerdown: (/** @type {Event} */ event) => this._pick(event, index) } },
      icon(choice.icon),
      h("span", { class: "two" }, h("span", { class: "truncate", dir: "auto" }, choice.label), choice.hint && h("small", { class: "truncate" }, choice.hint)),
      choice.end && h("span", { class: "end" }, choice.end),
    )));
    this._choose(0);
  }

  close() {
    this.show([]);
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was meant for the list */
  key(event) {
    if (!this.isOpen) return false;
    const count = this._choices.length;
    if (event.key === "ArrowDown") this._choose((this._chosen + 1) % count);
    else if (event.key === "ArrowUp") this._choose((this._chosen - 1 + count) % count);
    else if (event.key === "Enter" || event.key === "Tab") this._pick(event, this._chosen);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** @param {Event} event @param {number} index */
  _pick(event, index) {
    event.preventDefault(); // the field keeps the focus
    const choice = this._choices[index];
    this.close();
    choice.pick();
  }

  /** @param {number} index */
  _choose(index) {
    this._chosen = index;
    [...this._list.children].forEach((node, at) => node.setAttribute("aria-selected", String(at === index)));
    this._list.children[index].scrollIntoView({ block: "nearest" });
    this._field.setAttribute("aria-activedescendant", `${this._id}-${index}`);
  }
}
