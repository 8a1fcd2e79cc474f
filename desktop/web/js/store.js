// A value that can be watched. Values are never changed in place: a new one is set, and watchers compare by identity.

/**
 * @template T
 */
export class Store {
  /** @param {T} value */
  constructor(value) {
    this.value = value;
    /** @type {Set<(value: T) => void>} */
    this._watchers = new Set();
    this._isDue = false;
  }

  /** @param {T} value */
  set(value) {
    if (value === this.value) return;
    this.value = value;
    this._schedule();
  }

  /** @param {(value: T) => T} change */
  update(change) {
    this.set(change(this.value));
  }

  /**
   * Calls `watcher` with the value now, and once after all changes that come before the next frame.
   * @param {(value: T) => void} watcher
   * @returns {() => void} stops it
   */
  watch(watcher) {
    this._watchers.add(watcher);
    watcher(this.value);
    return () => this._watchers.delete(watcher);
  }

  _schedule() {
    if (this._isDue) return;
    this._isDue = true;
    const tell = () => {
      if (!this._isDue) return;
      this._isDue = false;
      clearTimeout(timer);
      for (const watcher of [...this._watchers]) watcher(this.value);
    };
    // A hidden page gets no frames; it is told all the same, a little later.
    const timer = setTimeout(tell, 100);
    requestAnimationFrame(tell);
  }
}
