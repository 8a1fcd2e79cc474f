// The conversation itself: items in order, the end in sight unless the reader scrolled up.

import { button, h, icon } from "../dom.js";
import { AnswerView } from "./answer.js";
import { KeptPlace } from "./kept-place.js";
import { resolvedLine } from "./resolved.js";
import { compactionItem, ownersOf, pendingItem, userItem } from "./transcript-items.js";
import { TranscriptWindow } from "./transcript-window.js";
import { showUnfolded } from "./unfolding.js";

/**
 * @typedef {import("../types.js").Message} Message
 * @typedef {import("../types.js").Request} Request
 * @typedef {import("../state/transcript.js").Transcript} Transcript
 * @typedef {import("./answer.js").AnswerActions & {
 *   edit: (message: Message) => void, loadOlder: () => void, render: (from: number, to: number) => void,
 * }} TranscriptActions
 * @typedef {{node: HTMLElement, view: AnswerView | null, row: Message | null, requests?: Request[] | null}} Item
 *   `requests` are those that it shows; null while it is written
 */

const NEAR_END_PX = 48;
const NEAR_START_PX = 900;
const GAP_PX = 16;

export class TranscriptView {
  /** @param {TranscriptActions} actions */
  constructor(actions) {
    this._actions = actions;
    this._list = h("div", { class: "items" });
    this._above = h("div", { "aria-hidden": "true" });
    this._below = h("div", { "aria-hidden": "true" });
    this._window = new TranscriptWindow();
    this._older = h("div", { class: "older", hidden: true }, "Loading earlier messages…");
    this.scroller = h("div", { class: "transcript", role: "log", "aria-live": "off", "aria-label": "Messages", tabindex: 0, on: { scroll: () => this._scrolled() } }, this._older, this._above, this._list, this._below);
    this._toEnd = button([icon("arrow-down", "small"), "New messages"], () => this.toEnd(), { class: "to-end", hidden: true });
    this.node = h("div", { class: "transcript-wrap" }, this.scroller, this._toEnd);
    /** @type {Map<string, Item>} */
    this._items = new Map();
    /** @type {Element | null} */
    this._last = null;
    this._isFollowing = true;
    /** @type {Map<string, Request[]>} */
    this._owners = new Map();
    this._kept = new KeptPlace(this.scroller, this._list);
    this._isMoving = false;
    /** @type {Transcript | null} */
    this._state = null;
    this._resizes = new ResizeObserver(() => this._isFollowing && this._stick());
    this._resizes.observe(this._list);
    this._resizes.observe(this.scroller);
    showUnfolded(this.scroller, () => {
      this._isFollowing = false;
      this._kept.letGo();
    });
    this._clock = setInterval(() => this._tick(), 1000);
  }

  /** Lets go of clocks and observers. */
  close() {
    clearInterval(this._clock);
    this._resizes.disconnect();
  }

  /** @param {Transcript} state */
  update(state) {
    const before = this._state;
    this._state = state;
    // Who reads further up keeps the place, whatever comes above it or becomes higher.
    const place = before && before.rows !== state.rows && !this._isFollowing ? this._kept.firstSeen() : null;
    if (before?.rows !== state.rows) this._window.take(state.rows, this._isFollowing);
    const isSame = before && before.rows === state.rows && before.requests === state.requests && before.sending === state.sending;
    if (!isSame) this._draw(state);
    else if (before.live !== state.live && !this._drawLive(state)) this._draw(state);
    this._older.hidden = state.older === null;
    if (place) this._kept.keep(place);
    if (this._isFollowing) this._stick();
    else if (before && (state.live !== before.live || state.rows.at(-1)?.id !== before.rows.at(-1)?.id)) this._toEnd.hidden = false;
    if (state.isLoaded) this._scrolled();
  }

  /** Shows the end, and follows it from now on. */
  toEnd() {
    this._isFollowing = true;
    if (!this._window.isAtEnd && this._state) {
      this._window.showEnd();
      this._draw(this._state);
    }
    this._stick();
  }

  /** The request that a key would answer now: the one with the focus, else the first. */
  get openCard() {
    const cards = [...this._items.values()].flatMap(({ view }) => [...(view?.cards.values() ?? [])]);
    return cards.find((card) => card.node.contains(document.activeElement)) ?? cards[0] ?? null;
  }

  /** Scrolls to a place in a message, which stays on the screen from then on. @param {Range | Element} place */
  reveal(place) {
    this._isFollowing = false;
    const box = place.getBoundingClientRect();
    const view = this.scroller.getBoundingClientRect();
    const isSeen = box.top >= view.top + 60 && box.bottom <= view.bottom - 60;
    this._kept.keep({ node: place, at: isSeen ? box.top : view.top + view.height / 3 });
  }

  /**
   * Draws a message, and opens a part of it that is folded.
   * @param {string} messageId
   * @param {import("../types.js").Part | null} part
   * @returns {Element | null} what shows the part, or all of what was written; null where there is no such message
   */
  open(messageId, part) {
    if (this._state && !this._items.has(messageId) && this._window.reach(messageId)) {
      this._isFollowing = false;
      this._draw(this._state);
    }
    const item = this._items.get(messageId);
    if (!item) return null;
    return item.view ? item.view.open(part) : (item.node.querySelector(".bubble") ?? item.node);
  }

  /**
   * Draws only the answer that is being written, which is what changes most.
   * @param {Transcript} state
   * @returns {boolean} whether that was enough
   */
  _drawLive({ live }) {
    if (!live) return false;
    const item = this._items.get(live.messageId ?? "live");
    if (!item?.view) return false;
    item.view.update(item.row, live, this._owners.get(live.messageId ?? "live") ?? []);
    return true;
  }

  /** @param {Transcript} state */
  _draw(state) {
    const { live } = state;
    const { rows } = this._window;
    const owners = ownersOf(state);
    this._owners = owners;
    const isOwned = new Set([...owners.values()].flat());
    /** @type {Map<string, Item>} */
    const items = new Map();
    for (const row of rows) {
      const id = row.id;
      if (row.role === "assistant") {
        const isLive = live !== null && live.messageId === id;
        const item = this._items.get(id) ?? this._takeLive(id, isLive) ?? this._newAnswer();
        const requests = owners.get(id) ?? [];
        // Only what has changed: of a window that moves by a few rows, most stay as they are.
        if (isLive || item.row !== row || !isSame(item.requests, requests)) item.view?.update(row, isLive ? live : null, requests);
        items.set(id, { ...item, row, requests: isLive ? null : requests });
      } else if (row.role === "user") {
        const item = this._items.get(id);
        items.set(id, item?.row === row ? item : { node: userItem(row, this._actions), view: null, row });
      } else {
        const item = this._systemItem(row, state, isOwned);
        if (item) items.set(id, item);
      }
    }
    if (live && this._window.isAtEnd && (live.messageId === null || !items.has(live.messageId))) {
      const item = this._items.get("live") ?? this._newAnswer();
      item.view?.update(null, live, owners.get(live.messageId ?? "live") ?? []);
      items.set("live", item);
    }
    if (state.sending) {
      const known = this._items.get("sending");
      items.set("sending", known ?? { node: pendingItem(state.sending.content), view: null, row: null });
    }
    this._place(items);
    this._actions.render(this._window.from, this._window.to);
    const { above, below } = this._window.spaces;
    this._above.style.height = `${above}px`;
    this._below.style.height = `${below}px`;
  }

  /** The view of the live answer, once its row is known. @param {string} id @param {boolean} isLive */
  _takeLive(id, isLive) {
    const item = isLive ? this._items.get("live") : undefined;
    if (item) this._items.delete("live");
    return item;
  }

  _newAnswer() {
    const view = new AnswerView(this._actions);
    return { node: view.node, view, row: null };
  }

  /** @param {Map<string, Item>} items */
  _place(items) {
    const kept = new Set([...items.values()].map((item) => item.node));
    const left = [...this._items].filter(([, { node }]) => !kept.has(node));
    // All are measured before the first one goes: after that, the browser would lay everything out again for each.
    for (const [id, { node }] of left) if (node.offsetHeight > 0) this._window.measured(id, node.offsetHeight + GAP_PX);
    for (const [, { node }] of left) node.remove();
    let place = this._list.firstElementChild;
    for (const { node } of items.values()) {
      if (node === place) place = place.nextElementSibling;
      else this._list.insertBefore(node, place);
    }
    const last = this._list.lastElementChild;
    if (last !== this._last) {
      this._last?.classList.remove("is-last");
      last?.classList.add("is-last");
      this._last = last;
    }
    this._items = items;
  }

  /**
   * A row of its own, unless it is shown where its tool call is.
   * @param {Message} row @param {Transcript} state @param {ReadonlySet<Request>} owned
   */
  _systemItem(row, state, owned) {
    const known = this._items.get(row.id);
    if (known?.row === row) return known;
    const type = row.metadata?.type;
    if (type === "compaction") return { node: compactionItem(row), view: null, row };
    const request = state.requests[row.id];
    if (!request || owned.has(request)) return null;
    return { node: h("div", { class: "item settled" }, resolvedLine(request)), view: null, row };
  }

  _scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this._isFollowing = this._window.isAtEnd && scrollTop + clientHeight >= scrollHeight - NEAR_END_PX;
    if (this._isFollowing) this._toEnd.hidden = true;
    this._moveWindow(scrollTop, scrollHeight, clientHeight);
    if (scrollTop < NEAR_START_PX && this._state?.older) this._actions.loadOlder();
  }

  /** Draws other rows where the drawn ones come to an end. @param {number} top @param {number} all @param {number} seen */
  _moveWindow(top, all, seen) {
    const above = top - this._above.offsetHeight;
    const below = all - this._below.offsetHeight - top - seen;
    if (!this._state || this._isMoving) return;
    const isBeyond = (above < -seen && this._window.from > 0) || (below < -seen && !this._window.isAtEnd);
    const place = isBeyond ? null : this._kept.firstSeen();
    if (isBeyond) this._window.jump(top);
    else if (above < NEAR_START_PX && this._window.from > 0) this._window.shift(-1);
    else if (below < NEAR_START_PX && !this._window.isAtEnd) this._window.shift(1);
    else return;
    this._isMoving = true;
    this._draw(this._state);
    if (place) this._kept.keep(place);
    requestAnimationFrame(() => {
      this._isMoving = false;
    });
  }

  _stick() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this._toEnd.hidden = true;
  }

  _tick() {
    const live = this._state?.live ?? null;
    if (live) (this._items.get(live.messageId ?? "live") ?? this._items.get("live"))?.view?.tick(live);
  }
}

/** @param {readonly Request[] | null | undefined} known @param {readonly Request[]} given */
const isSame = (known, given) => known != null && known.length === given.length && known.every((one, index) => one === given[index]);
