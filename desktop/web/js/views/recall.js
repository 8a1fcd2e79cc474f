// Walks back through what was written before, as a shell does: Up and Down, and what was typed meanwhile comes back.

/**
 * @typedef {import("./mentions.js").Mention} Mention
 * @typedef {{text: string, mentions: Mention[]}} Written
 * @typedef {{written: () => Written[], loadOlder: () => Promise<boolean>}} History
 * `written`: newest last, as far as it is known; `loadOlder`: whether there was more to get to know
 */

export class Recall {
  /**
   * @param {HTMLTextAreaElement} field
   * @param {History} history
   * @param {() => Mention[]} mentions what the field names now
   * @param {(written: Written) => void} show puts it into the field
   */
  constructor(field, history, mentions, show) {
    this._field = field;
    this._history = history;
    this._mentions = mentions;
    this._show = show;
    /** How many steps back from the draft. */
    this._at = 0;
    /** @type {Map<number, Written>} what the field held at each step that was left, with changes */
    this._left = new Map();
    this._isLoading = false;
  }

  /** The next Up begins at what was written last. */
  end() {
    this._at = 0;
    this._left = new Map();
    this._isLoading = false;
  }

  /** What was typed before the walk, while nothing recalled was changed. @returns {Written | null} */
  get draft() {
    const recalled = this._steps()[this._at - 1];
    return recalled && recalled.text === this._field.value ? (this._left.get(0) ?? null) : null;
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether it was a step */
  key(event) {
    if (event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return false;
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!by || (by < 0 && this._at === 0)) return false;
    const { isFirst, isLast } = caretLine(this._field);
    if (by > 0 ? !isFirst : !isLast) return false;
    void this._step(by);
    return true;
  }

  /** @returns {Written[]} newest first; what was said twice in a row, once */
  _steps() {
    return this._history.written().filter((one, index, all) => one.text !== all[index + 1]?.text).reverse();
  }

  /** @param {number} by */
  async _step(by) {
    if (this._isLoading) return;
    const walk = this._left;
    this._isLoading = true;
    try {
      while (this._at + by > this._steps().length) {
        if (await this._history.loadOlder()) continue;
        if (walk === this._left) this._field.setSelectionRange(0, 0); // as Up does in a first line
        return;
      }
    } finally {
      if (walk === this._left) this._isLoading = false;
    }
    if (walk !== this._left) return; // something was sent meanwhile
    this._left.set(this._at, { text: this._field.value, mentions: this._mentions() });
    this._at += by;
    const next = this._left.get(this._at) ?? this._steps()[this._at - 1];
    this._show(next);
    const isLong = !caretLine(this._field).isFirst;
    if (by > 0 && isLong) this._field.setSelectionRange(0, 0); // so that the next Up goes on
  }
}

/**
 * Whether the caret is in the first and in the last line as they are seen, wrapped.
 * @param {HTMLTextAreaElement} field
 */
export function caretLine(field) {
  const { selectionStart, selectionEnd, value } = field;
  if (selectionStart !== selectionEnd) return { isFirst: false, isLast: false };
  const style = getComputedStyle(field);
  const twin = document.createElement("div");
  for (const name of ["font", "letter-spacing", "line-height", "padding", "tab-size", "direction", "unicode-bidi"]) twin.style.setProperty(name, style.getPropertyValue(name));
  Object.assign(twin.style, { position: "absolute", visibility: "hidden", width: `${field.clientWidth}px`, boxSizing: "border-box", whiteSpace: "pre-wrap", overflowWrap: "break-word" });
  // A mark of its own width would wrap where the text does not.
  const at = (/** @type {string} */ text) => {
    const mark = document.createElement("span");
    mark.textContent = "\u200b";
    twin.append(text, mark);
    return mark;
  };
  const start = at("");
  const caret = at(value.slice(0, selectionStart));
  const end = at(value.slice(selectionStart));
  document.body.append(twin);
  const tops = [start, caret, end].map((mark) => mark.offsetTop);
  twin.remove();
  return { isFirst: tops[1] === tops[0], isLast: tops[1] === tops[2] };
}
