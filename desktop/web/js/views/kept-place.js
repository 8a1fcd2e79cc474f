// Keeps what is read where it is, while the transcript around it changes.

/** @typedef {{node: Element | Range, at: number}} Place what is kept, and how far from the window's top */

export class KeptPlace {
  /**
   * @param {HTMLElement} scroller
   * @param {HTMLElement} list its items
   */
  constructor(scroller, list) {
    this._scroller = scroller;
    this._list = list;
    /** @type {Place | null} */
    this._place = null;
  }

  /** The first item that is seen. @returns {Place | null} */
  firstSeen() {
    const { top } = this._scroller.getBoundingClientRect();
    for (const node of this._list.children) {
      const box = node.getBoundingClientRect();
      if (box.bottom > top) return { node, at: box.top };
    }
    return null;
  }

  /**
   * Keeps an item where it is while others are put above it. Their height is a guess until they are drawn, so it
   * takes a few frames. Where the reader goes on scrolling meanwhile, it goes along.
   * @param {Place} place
   * @param {number} [frames]
   */
  keep(place, frames = 6) {
    this._place = place;
    let top = this._scroller.scrollTop;
    const step = (/** @type {number} */ left) => {
      if (this._place !== place) return;
      place.at -= this._scroller.scrollTop - top;
      const by = place.node.getBoundingClientRect().top - place.at;
      if (Math.abs(by) >= 1) this._scroller.scrollTop += by;
      top = this._scroller.scrollTop;
      if (left > 0) requestAnimationFrame(() => step(left - 1));
    };
    step(frames);
  }

  /** Nothing is kept any more. */
  letGo() {
    this._place = null;
  }
}
