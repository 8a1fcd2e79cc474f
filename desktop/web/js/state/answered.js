// The requests that were answered in this window: of the others the page says that it happened elsewhere.

const KEPT = 200;

class Answered {
  constructor() {
    /** @type {Set<string>} */
    this._ids = new Set();
  }

  /** Notes that an answer is on its way. @param {string} id of the request */
  note(id) {
    this._ids.add(id);
    for (const oldest of this._ids) {
      if (this._ids.size <= KEPT) break;
      this._ids.delete(oldest);
    }
  }

  /** Takes a note back: somebody else was faster. @param {string} id */
  forget(id) {
    this._ids.delete(id);
  }

  /** @param {string} id of a request that a person has answered */
  isElsewhere(id) {
    return !this._ids.has(id);
  }
}

export const answered = new Answered();
