// Finds text in a conversation: in all of its messages, not only in those on the screen.

import { ApiError, get, sentence } from "../api.js";
import { h, iconButton } from "../dom.js";
import { folded, placesIn, startsOf } from "../state/finding.js";
import { toast } from "../toasts.js";

/**
 * @typedef {import("../session.js").Session} Session
 * @typedef {import("./transcript.js").TranscriptView} TranscriptView
 * @typedef {{messageId: string, nth: number}} Match `nth` counts the places in its message
 */

const PAUSE_MS = 120;
const LONGEST = 500;
const MARK = "found";

export class FindBar {
  /**
   * @param {Session} session
   * @param {TranscriptView} transcript
   */
  constructor(session, transcript) {
    this._session = session;
    this._transcript = transcript;
    this._input = h("input", { class: "input", type: "search", "aria-label": "Find in this conversation", placeholder: "Find in this conversation", autocomplete: "off", maxlength: LONGEST, on: { input: () => this._later(), keydown: (/** @type {KeyboardEvent} */ event) => this._key(event) } });
    this._count = h("span", { class: "muted", role: "status" });
    this.node = h("div", { class: "find", role: "search", "aria-label": "This conversation", hidden: true }, this._input, this._count,
      iconButton("arrow-up", "Earlier match", () => void this._step(-1)), iconButton("arrow-down", "Later match", () => void this._step(1)), iconButton("x", "Close", () => this.close()));
    /** @type {Match[]} */
    this._matches = [];
    this._at = -1;
    this._words = "";
    this._searches = 0;
    /** @type {Element | null} what had the focus before */
    this._from = null;
    /** The words that the matches hold. */
    this._found = "";
    this._rows = session.transcript.value.rows.length;
  }

  /** Opens the bar, or puts the caret into it. */
  async open() {
    if (!this.node.contains(document.activeElement)) this._from = document.activeElement;
    this.node.hidden = false;
    this._input.focus();
    this._input.select();
    if (this._input.value) await this._search();
  }

  /** Closes the bar. The focus goes back to where it was. */
  close() {
    clearTimeout(this._timer);
    this.node.hidden = true;
    CSS.highlights?.delete(MARK);
    this._matches = [];
    const back = this._from instanceof HTMLElement && this._from.isConnected && this._from !== document.body ? this._from : this._transcript.scroller;
    back.focus({ preventScroll: true });
  }

  /** Looks again when the conversation has gone on. @param {import("../state/transcript.js").Transcript} state */
  update({ rows, live }) {
    if (live !== null || rows.length === this._rows) return;
    this._rows = rows.length;
    if (!this.node.hidden && this._words) this._later();
  }

  _later() {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => void this._search(), PAUSE_MS);
  }

  async _search() {
    const words = folded(this._input.value.trim());
    const search = ++this._searches;
    this._words = words;
    /** @type {{messageId: string, count: number}[]} */
    let found = [];
    try {
      if (words) found = await get(`${this._session.path}/find?q=${encodeURIComponent(words)}`);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) toast(sentence(error), { isError: true });
    }
    // Of searches at the same time only the last one counts: an earlier one would take its place from a match on its way.
    if (search !== this._searches || this.node.hidden) return;
    const before = words === this._found ? this._matches[this._at] : undefined;
    this._found = words;
    this._matches = found.flatMap(({ messageId, count }) => Array.from({ length: count }, (_, nth) => ({ messageId, nth })));
    const again = before ? this._matches.findIndex((match) => match.messageId === before.messageId && match.nth === before.nth) : -1;
    this._at = again >= 0 ? again : this._matches.length - 1;
    if (before && again >= 0) {
      this._matches[again] = before; // its message may just be on its way
      this._tell();
    } else await this._show();
  }

  /** @param {number} by */
  async _step(by) {
    if (this._matches.length === 0) return;
    this._at = (this._at + by + this._matches.length) % this._matches.length;
    await this._show();
  }

  _tell() {
    const count = this._matches.length;
    this._count.textContent = this._words === "" ? "" : count === 0 ? "Nothing found" : `${(this._at + 1).toLocaleString("en")} of ${count.toLocaleString("en")}`;
  }

  async _show() {
    this._tell();
    CSS.highlights?.delete(MARK);
    const match = this._matches[this._at];
    if (!match) return;
    const isWanted = () => this._matches[this._at] === match && !this.node.hidden;
    try {
      await this._session.loadUntil(match.messageId, isWanted);
    } catch (error) {
      toast(sentence(error), { isError: true });
      return;
    }
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const row = this._session.transcript.value.rows.find((one) => one.id === match.messageId);
    if (!row || !isWanted()) return;
    const places = placesIn(row, this._words);
    const place = places[Math.min(match.nth, places.length - 1)];
    const node = this._transcript.open(row.id, place?.part ?? null);
    if (!node) return;
    const ranges = rangesOf(node, this._words);
    const range = ranges[Math.min(place?.nth ?? 0, ranges.length - 1)];
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

/** Where words stand in an element, also across the borders of its text nodes. @param {Element} root @param {string} words folded */
function rangesOf(root, words) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  /** @type {{node: Text, start: number}[]} */
  const nodes = [];
  let text = "";
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    nodes.push({ node: /** @type {Text} */ (node), start: text.length });
    text += /** @type {Text} */ (node).data;
  }
  const place = (/** @type {number} */ at) => {
    const { node, start } = /** @type {{node: Text, start: number}} */ (nodes.findLast((one) => one.start <= at));
    return /** @type {[Text, number]} */ ([node, at - start]);
  };
  return startsOf(folded(text), words).map((at) => {
    const range = new Range();
    range.setStart(...place(at));
    const [last, offset] = place(at + words.length - 1);
    range.setEnd(last, offset + 1);
    return range;
  });
}
