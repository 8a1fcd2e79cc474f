// What the model thought, folded: one line that opens.

import { h, icon } from "../dom.js";
import { tellUnfolded } from "./unfolding.js";

/** @typedef {import("../types.js").ThinkingPart} ThinkingPart */

export class ThinkingView {
  constructor() {
    this._label = h("span", { class: "verb" }, "Thinking");
    this._text = h("div", { class: "thinking-text", dir: "auto", hidden: true, tabindex: 0 });
    this._line = h(
      "button",
      { type: "button", class: "tool-line", "aria-expanded": "false", on: { click: () => this._clicked() } },
      icon("brain"),
      this._label,
      h("span", { class: "outcome" }, icon("chevron-right", "chevron")),
    );
    this.node = h("div", { class: "tool thinking" }, this._line, this._text);
    this._shown = "";
  }

  /** @param {ThinkingPart} part */
  update(part) {
    this._label.textContent = part.isOpen ? "Thinking" : "Thought";
    if (part.text === this._shown) return;
    const isAtEnd = this._text.scrollTop + this._text.clientHeight > this._text.scrollHeight - 20;
    if (part.text.startsWith(this._shown)) this._text.append(part.text.slice(this._shown.length));
    else this._text.textContent = part.text;
    this._shown = part.text;
    if (part.isShortened) this._text.append(h("p", { class: "cut" }, "Only the beginning is kept."));
    if (isAtEnd) this._text.scrollTop = this._text.scrollHeight;
  }

  /** Unfolds it. */
  open() {
    if (this._text.hidden) this._toggle();
  }

  _clicked() {
    this._toggle();
    if (!this._text.hidden) tellUnfolded(this.node);
  }

  _toggle() {
    this._text.hidden = !this._text.hidden;
    this._line.setAttribute("aria-expanded", String(!this._text.hidden));
  }
}
