// All conversations, as sidebar, inbox and title show them: lists, kept up to date by the daemon's feed.

import { CONVERSATIONS, ask, get, isPassing, page } from "./api.js";
import { NONE, renewed, withChange, withPage, without } from "./state/conversations.js";
import { ofRow } from "./state/requests.js";
import { Store } from "./store.js";
import { follow } from "./stream.js";

/**
 * @typedef {import("./types.js").Conversation} Conversation
 * @typedef {import("./types.js").Request} Request
 * @typedef {import("./types.js").StreamEvent} StreamEvent
 * @typedef {{status: "active" | "archived", projectId: string | null}} Filter
 */

const PAGE = 100;

export class Feed {
  constructor() {
    this.list = new Store(NONE);
    /** @type {Store<Filter>} */
    this.filter = new Store(/** @type {Filter} */ ({ status: "active", projectId: null }));
    /** @type {Store<Request[]>} what waits for the person, oldest first */
    this.pending = new Store(/** @type {Request[]} */ ([]));
    /** How often any task has changed, or may have. */
    this.taskChanges = new Store(0);
    this.connected = new Store(true);
    /** @type {string | null} the conversation that is being looked at */
    this.viewed = null;
    this._isLoading = false;
    this._generation = 0;
    /** @type {Set<string>} conversations that the feed named since the list was last asked for */
    this._changedSince = new Set();
    /** @type {Set<string>} conversations whose deletion can still be undone */
    this._hidden = new Set();
    this._stream = follow("/api/events", "", {
      onOpen: () => this.refresh(),
      onEvents: (events) => events.forEach((event) => this._receive(event)),
      onState: (isConnected) => this.connected.set(isConnected),
      onEnd: () => location.reload(), // the session is over: the page that tells how to sign in
    });
  }

  /** Tries to connect again at once. */
  wake() {
    this._stream.wake();
  }

  /** @param {Partial<Filter>} change */
  setFilter(change) {
    this.filter.update((filter) => ({ ...filter, ...change }));
    this.refresh();
  }

  /** Reads the lists again. */
  refresh() {
    this._generation += 1;
    this._isLoading = false;
    this._changedSince = new Set();
    this.taskChanges.update((changes) => changes + 1);
    void this._loadPage(this._firstPage(), true);
    void this._loadPending();
  }

  /** Loads the next page of conversations, if there is one. */
  async loadMore() {
    const { next } = this.list.value;
    if (next) await this._loadPage(next, false);
  }

  /** @param {string} id @returns {Promise<Conversation>} */
  async find(id) {
    const found = await get(`${CONVERSATIONS}/${id}`);
    this._place(found);
    return found;
  }

  /** @param {string} id @param {Record<string, unknown>} changes @returns {Promise<Conversation>} */
  async change(id, changes) {
    const changed = await ask("PATCH", `${CONVERSATIONS}/${id}`, changes);
    this._place(changed);
    return changed;
  }

  /** Keeps a conversation out of the list, while its deletion can still be undone. @param {string} id */
  hide(id) {
    this._hidden.add(id);
    this.list.update((list) => without(list, id));
  }

  /** Shows a conversation again that was hidden. @param {string} id */
  show(id) {
    this._hidden.delete(id);
    this.refresh();
  }

  /** Notes that a conversation is being looked at. @param {string} id */
  look(id) {
    this.viewed = id;
    const known = this.list.value.byId.get(id);
    if (known) this._read(known);
    else void this.find(id).catch(() => undefined); // its view says what is wrong
  }

  /** Tells the daemon, and so all others who look, that an answer was seen. @param {Conversation} conversation */
  _read({ id, unread }) {
    if (!unread || this.viewed !== id || document.hidden) return;
    ask("POST", `${CONVERSATIONS}/${id}/read`).catch(() => undefined); // the next look tries again
  }

  _firstPage() {
    const { status, projectId } = this.filter.value;
    const project = projectId ? `&projectId=${encodeURIComponent(projectId)}` : "";
    return `${CONVERSATIONS}?status=${status}&limit=${PAGE}${project}`;
  }

  /** @param {string} path @param {boolean} isFirst */
  async _loadPage(path, isFirst) {
    if (this._isLoading) return;
    this._isLoading = true;
    const generation = this._generation;
    const changed = this._changedSince;
    try {
      const { rows: all, next } = await page(path);
      if (generation !== this._generation) return;
      const rows = all.filter(({ id }) => !this._hidden.has(id));
      this.list.update((list) => (isFirst ? renewed(list, rows, next, changed) : withPage(list, rows, next)));
    } catch (error) {
      this.connected.set(false);
      if (isPassing(error)) this._stream.again(); // and when it is back, the lists are read again
    } finally {
      if (generation === this._generation) this._isLoading = false;
    }
  }

  async _loadPending() {
    try {
      const rows = await get("/api/permissions/pending");
      this.pending.set(rows.map(ofRow).filter((/** @type {Request | null} */ one) => one !== null));
    } catch (error) {
      this.connected.set(false);
      if (isPassing(error)) this._stream.again();
    }
  }

  /** @param {StreamEvent} event */
  _receive(event) {
    if (this._isLoading) this._changedSince.add(event.conversation?.id ?? event.conversationId);
    if (event.type === "reset") this.refresh();
    if (event.type.startsWith("task_")) this.taskChanges.update((changes) => changes + 1);
    if (event.type === "conversation_changed") this._changed(event.conversation);
    if (event.type === "conversation_deleted") {
      this._hidden.delete(event.conversationId);
      this.list.update((list) => without(list, event.conversationId));
      this.pending.update((pending) => pending.filter((request) => request.conversationId !== event.conversationId));
    }
  }

  /** @param {Conversation} conversation */
  _changed(conversation) {
    this._place(conversation);
    const known = this.pending.value.filter((request) => request.conversationId === conversation.id).length;
    if (known > 0 || conversation.pendingRequests > 0) void this._loadPending();
  }

  /** @param {Conversation} conversation */
  _place(conversation) {
    this._read(conversation);
    const { status, projectId } = this.filter.value;
    const belongs = !this._hidden.has(conversation.id) && conversation.status === status && (projectId === null || conversation.projectId === projectId);
    this.list.update((list) => withChange(list, conversation, belongs));
  }
}
