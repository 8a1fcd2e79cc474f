// A stretch of an answer's text: plain while nothing better is there, then the daemon's HTML, block by block.

import { fill, h, iconButton } from "../dom.js";
import { setHtml } from "../html.js";
import { copyText } from "../clipboard.js";

/** @typedef {import("../types.js").TextPart} TextPart */

export class TextView {
  constructor() {
    this.node = h("div", { class: "text plain" });
    /** @type {TextPart | null} */
    this._part = null;
    /** @type {{node: HTMLElement, html: string}[]} */
    this._blocks = [];
  }

  /** @param {TextPart} part */
  update(part) {
    if (part === this._part) return;
    this._part = part;
    if (part.html !== null) this._showWhole(part.html);
    else if (part.blocks.length > 0) this._showBlocks(part.blocks);
    else this._showPlain(part.text);
  }

  /** @param {string} text */
  _showPlain(text) {
    const shown = this.node.firstChild;
    if (shown instanceof Text && text.startsWith(shown.data)) shown.appendData(text.slice(shown.data.length));
    else fill(this.node, text);
  }

  /** @param {import("../types.js").Block[]} blocks */
  _showBlocks(blocks) {
    this._becomeProse();
    while (this._blocks.length > blocks.length) this._blocks.pop()?.node.remove();
    blocks.forEach((block, index) => {
      let shown = this._blocks[index];
      if (!shown) {
        shown = { node: h("div", { class: "block" }), html: "" };
        this._blocks.push(shown);
        this.node.append(shown.node);
      }
      if (shown.html === block.html) return;
      shown.html = block.html;
      setHtml(shown.node, block.html);
      dress(shown.node);
    });
  }

  /** @param {string} html */
  _showWhole(html) {
    const isShown = this._blocks.length > 0 && squeeze(this._blocks.map((block) => block.html).join("")) === squeeze(html);
    if (isShown) return; // nothing moves, and what is selected stays so
    this._becomeProse();
    this._blocks = [];
    setHtml(this.node, html);
    dress(this.node);
  }

  _becomeProse() {
    if (this.node.classList.contains("prose")) return;
    this.node.className = "text prose";
    this.node.textContent = "";
  }
}

/** @param {string} html */
const squeeze = (html) => html.replace(/\s+/g, "");

/** What has a direction of its own; code and formulas have none but theirs. */
const BLOCKS = "p, h1, h2, h3, h4, h5, h6, li, th, td";
/** What contains such: the browser does not look into blocks with a direction, so theirs is that of the first letter. */
const CONTAINERS = "ul, ol, blockquote, table";
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** @param {string} text */
const directionOf = (text) => (RIGHT_TO_LEFT.test(/\p{L}/u.exec(text)?.[0] ?? "") ? "rtl" : "ltr");

/**
 * Adds to rendered HTML what a person can do with it.
 * @param {HTMLElement} node
 */
export function dress(node) {
  for (const block of node.querySelectorAll(BLOCKS)) block.setAttribute("dir", "auto");
  for (const block of node.querySelectorAll(CONTAINERS)) block.setAttribute("dir", directionOf(block.textContent ?? ""));
  for (const figure of node.querySelectorAll("figure.code")) {
    const pre = figure.querySelector("pre");
    const caption = figure.querySelector("figcaption");
    if (!(figure instanceof HTMLElement) || !pre || !caption) continue;
    pre.tabIndex = 0;
    const wrap = iconButton("text-wrap", "Wrap lines", () => {
      wrap.setAttribute("aria-pressed", String(figure.classList.toggle("is-wrapped")));
    }, { "aria-pressed": "false" });
    caption.append(wrap, iconButton("copy", "Copy code", () => void copyText(pre.textContent ?? "")));
  }
  for (const link of node.querySelectorAll("a[href]")) {
    if (link instanceof HTMLAnchorElement && link.origin !== location.origin) link.target = "_blank";
  }
  for (const input of node.querySelectorAll("input[type=checkbox]:not([aria-label])")) input.setAttribute("aria-label", "Task");
}
