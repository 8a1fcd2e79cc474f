// Finds text in a conversation: in all of its messages, not only in those on the screen.

import { page, sentence } from "../api.js";
import { h, iconButton } from "../dom.js";
import { toast } from "../toasts.js";

/**
 * @typedef {import("../session.js").Session} Session
 * @typedef {import("./transcript.js").TranscriptView} TranscriptView
 */

const PAUSE_MS = 120;
const MARK = "found";

export class FindBar {
  /**
   * @param {Session} session
   * @param {TranscriptView} transcript
   */
  constructor(session, transcript) {
    this._session = session;
    this._transcript = transcript;
    this._input = h("input", { class: "input", type: "search", "aria-label": "Find in this conversation", placeholder: "Find in this conversation", autocomplete: "off", on: { input: () => this._typed(), keydown: (/** @type {KeyboardEvent} */ event) => this._key(event) } });
    this._count = h("span", { class: "muted", role: "status" });
    this.node = h("div", { class: "find", role: "search", hidden: true }, this._input, this._count,
      iconButton("arrow-up", "Earlier match", () => void this._step(-1)), iconButton("arrow-down", "Later match", () => void this._step(1)), iconButton("x", "Close", () => this.close()));
    /** @type {{id: string, text: string}[] | null} */
    this._texts = null;
    /** @type {{id: string, nth: number}[]} */
    this._matches = [];
    this._at = -1;
  }

  /** Opens the bar, or puts the caret into it. */
  async open() {
    this.node.hidden = false;
    this._input.focus();
    this._input.select();
    await this._load();
    if (this._input.value) this._search();
  }

  close() {
    this.node.hidden = true;
    CSS.highlights?.delete(MARK);
    this._texts = null;
  }

  async _load() {
    const texts = [];
    try {
      /** @type {string | null} */
      let next = `${this._session.path}/messages?limit=2000`;
      while (next) {
        const found = await page(next);
        for (const row of found.rows) if (row.role !== "system") texts.push({ id: row.id, text: row.content.toLowerCase() });
        next = found.next;
      }
      this._texts = texts;
    } catch (error) {
      toast(sentence(error), { isError: true });
    }
  }

  _typed() {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this._search(), PAUSE_MS);
  }

  _search() {
    const words = this._input.value.toLowerCase();
    this._matches = [];
    for (const { id, text } of words ? (this._texts ?? []) : []) {
      for (let at = text.indexOf(words), nth = 0; at >= 0; at = text.indexOf(words, at + words.length), nth += 1) this._matches.push({ id, nth });
    }
    this._at = this._matches.length - 1;
    void this._show();
  }

  /** @param {number} by */
  async _step(by) {
    if (this._matches.length === 0) return;
    this._at = (this._at + by + this._matches.length) % this._matches.length;
    await this._show();
  }

  async _show() {
    const count = this._matches.length;
    this._count.textContent = this._input.value === "" ? "" : count === 0 ? "Nothing found" : `${this._at + 1} of ${count.toLocaleString("en")}`;
    CSS.highlights?.delete(MARK);
    const match = this._matches[this._at];
    if (!match) return;
    const isWanted = () => this._matches[this._at] === match;
    await this._session.loadUntil(match.id, isWanted);
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const node = this._transcript.nodeOf(match.id);
    if (!node || !isWanted()) return;
    const ranges = rangesOf(node.querySelector(".bubble, .parts") ?? node, this._input.value.toLowerCase());
    const range = ranges[Math.min(match.nth, ranges.length - 1)];
    this._transcript.reveal(range ?? node);
    if (range && CSS.highlights) CSS.highlights.set(MARK, new Highlight(range));
  }

  /** @param {KeyboardEvent} event */
  _key(event) {
    if (event.key === "Enter") void this._step(event.shiftKey ? 1 : -1);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** Where words stand in an element, also across the borders of its text nodes. @param {Element} root @param {string} words */
function rangesOf(root, words) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  /** @type {{node: Text, start: number}[]} */
  const nodes = [];
  let text = "";
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    nodes.push({ node: /** @type {Text} */ (node), start: text.length });
    text += /** @type {Text} */ (node).data;
  }
  const lower = text.toLowerCase();
  const ranges = [];
  const place = (/** @type {number} */ at) => {
    const { node, start } = /** @type {{node: Text, start: number}} */ (nodes.findLast((one) => one.start <= at));
    return /** @type {[Text, number]} */ ([node, Math.min(at - start, node.length)]);
  };
  for (let at = lower.indexOf(words); at >= 0; at = lower.indexOf(words, at + words.length)) {
    const range = new Range();
    range.setStart(...place(at));
    const [last, offset] = place(at + words.length - 1);
    range.setEnd(last, offset + 1);
    ranges.push(range);
  }
  return ranges;
}
