// Which of a conversation's rows are drawn: those around what is seen. For the others stands their height.

/** @typedef {import("../types.js").Message} Message */

export const MAX_ROWS = 120;
/** As many as a fast wheel passes in a frame: more of them at once would take longer than a frame has. */
const SHIFT = 8;
const GUESS_PX = 140;

export class TranscriptWindow {
  constructor() {
    this.from = 0;
    this.to = 0;
    /** @type {readonly Message[]} */
    this._rows = [];
    /** @type {Map<string, number>} */
    this._heights = new Map();
  }

  get isAtEnd() {
    return this.to >= this._rows.length;
  }

  /** @returns {readonly Message[]} the rows to draw */
  get rows() {
    return this._rows.slice(this.from, this.to);
  }

  /**
   * Takes new rows; what was drawn stays so.
   * @param {readonly Message[]} rows
   * @param {boolean} isFollowing whether the end is to be seen
   */
  take(rows, isFollowing) {
    const wasAtEnd = this.isAtEnd;
    const first = this._rows[0];
    const added = first && rows[0] !== first ? rows.findIndex((row) => row.id === first.id) : 0;
    this._rows = rows;
    if (isFollowing || added < 0 || this.to === 0) {
      this.showEnd();
      return;
    }
    this.from += added;
    this.to = wasAtEnd ? rows.length : Math.min(this.to + added, rows.length);
    if (this.to - this.from > 2 * MAX_ROWS) this.from = this.to - MAX_ROWS;
  }

  /** Draws the last rows. */
  showEnd() {
    this.to = this._rows.length;
    this.from = Math.max(0, this.to - MAX_ROWS);
  }

  /** Moves towards the start (-1) or the end (1). @param {number} by @returns {boolean} whether it could */
  shift(by) {
    const from = Math.max(0, Math.min(this.from + by * SHIFT, this._rows.length - MAX_ROWS));
    if (from === this.from) return false;
    this.from = from;
    this.to = Math.min(this._rows.length, from + MAX_ROWS);
    return true;
  }

  /** Draws the rows around one. @param {number} index */
  around(index) {
    this.from = Math.max(0, Math.min(index - MAX_ROWS / 2, this._rows.length - MAX_ROWS));
    this.to = Math.min(this._rows.length, this.from + MAX_ROWS);
  }

  /** @param {string} id @returns {boolean} whether there is such a row; it is drawn from now on */
  reach(id) {
    const index = this._rows.findIndex((row) => row.id === id);
    if (index < 0) return false;
    if (index < this.from || index >= this.to) this.around(index);
    return true;
  }

  /** Draws what stands at a height. @param {number} px from the first row's top */
  jump(px) {
    let sum = 0;
    const index = this._rows.findIndex((row) => (sum += this._height(row)) > px);
    this.around(index < 0 ? this._rows.length - 1 : index);
  }

  /** Notes how high a row is, for when it is not drawn any more. @param {string} id @param {number} px */
  measured(id, px) {
    this._heights.set(id, px);
  }

  /** Heights of what is not drawn. @returns {{above: number, below: number}} in pixels */
  get spaces() {
    const sum = (/** @type {readonly Message[]} */ rows) => rows.reduce((total, row) => total + this._height(row), 0);
    return { above: sum(this._rows.slice(0, this.from)), below: sum(this._rows.slice(this.to)) };
  }

  /** @param {Message} row */
  _height(row) {
    return this._heights.get(row.id) ?? (row.role === "system" ? 0 : GUESS_PX);
  }
}
