// One open conversation: loads it, follows it, and carries out what a person does in it.

import { ApiError, CONVERSATIONS, ask, get, isPassing, page, send } from "./api.js";
import { EMPTY, receive, withRequest, withRows, withoutRow } from "./state/transcript.js";
import { Store } from "./store.js";
import { follow } from "./stream.js";

/**
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").StreamEvent} StreamEvent
 * @typedef {import("./types.js").QueuedMessage} QueuedMessage
 * @typedef {import("./state/transcript.js").Transcript} Transcript
 */

const PAGE = 60;
const FAR_PAGE = 2000;
const AROUND = 60;
const RENDER = "render=html";

export class Session {
  /**
   * @param {string} id of the conversation
   * @param {{onGone: (error: ApiError) => void}} callbacks `onGone`: it cannot be followed (any more)
   */
  constructor(id, { onGone }) {
    this.id = id;
    this.path = `${CONVERSATIONS}/${id}`;
    /** @type {Store<Transcript>} */
    this.transcript = new Store(EMPTY);
    /** @type {Store<QueuedMessage[]>} */
    this.queue = new Store(/** @type {QueuedMessage[]} */ ([]));
    this.connected = new Store(true);
    /** How many turns have ended since the page follows. */
    this.ended = new Store(0);
    /** @type {StreamEvent[] | null} events that wait until the rows are there */
    this._waiting = [];
    /** @type {Promise<void> | null} */
    this._loadingOlder = null;
    /** @type {Set<string>} answers whose HTML was asked for by itself */
    this._rendered = new Set();
    this._isClosed = false;
    this._stream = follow(this.path, RENDER, {
      onOpen: () => void (this._waiting === null ? this._catchUp() : this._load(onGone)),
      onEvents: (events) => this._receive(events),
      onState: (isConnected) => this.connected.set(isConnected),
      onEnd: onGone,
    });
  }

  /** Stops following; the turn goes on. */
  close() {
    this._isClosed = true;
    this._stream.close();
  }

  /** Tries to connect again at once. */
  wake() {
    this._stream.wake();
  }

  /** Loads the messages before the first one shown. */
  async loadOlder() {
    this._loadingOlder ??= this._loadOlder(PAGE).finally(() => {
      this._loadingOlder = null;
    });
    await this._loadingOlder;
  }

  /**
   * Loads earlier messages until one is there, and those around it as HTML.
   * @param {string} messageId
   * @param {() => boolean} isWanted false gives it up
   */
  async loadUntil(messageId, isWanted) {
    const place = () => this.transcript.value.rows.findIndex((row) => row.id === messageId);
    while (isWanted() && this.transcript.value.older && place() < 0) {
      if (this._loadingOlder) await this._loadingOlder;
      else await this._loadOlder(FAR_PAGE);
    }
    if (isWanted() && place() >= 0) await this.render(Math.max(0, place() - AROUND), place() + AROUND);
  }

  /**
   * Gets the HTML of answers that came without: rendering all of a long conversation would take too long.
   * @param {number} from index of a row
   * @param {number} to index behind the last one
   */
  async render(from, to) {
    const all = this.transcript.value.rows;
    const isBare = (/** @type {Message} */ row) => row.role === "assistant" && row.rendered === null && row.status !== "streaming" && !this._rendered.has(row.id);
    const asked = all.slice(from, to);
    const first = asked.findIndex(isBare);
    if (first < 0) return;
    const wanted = asked.slice(first, asked.findLastIndex(isBare) + 1);
    for (const row of wanted) this._rendered.add(row.id);
    const following = all[from + first + wanted.length];
    const place = following ? `before=${following.id}` : "from=end";
    try {
      const { rows } = await page(`${this.path}/messages?${place}&limit=${wanted.length}&${RENDER}`);
      const known = new Set(wanted.map((row) => row.id));
      this.transcript.update((state) => withRows(state, rows.filter((row) => known.has(row.id))));
    } catch (error) {
      for (const row of wanted) this._rendered.delete(row.id);
      throw error;
    }
  }

  /** @param {number} limit */
  async _loadOlder(limit) {
    const { older, rows: known } = this.transcript.value;
    if (!older) return;
    const path = older.replace(/limit=\d+/, `limit=${limit}`).replace(`&${RENDER}`, "");
    const { rows, next } = await page(limit === FAR_PAGE ? path : `${path}&${RENDER}`);
    this.transcript.update((state) => (state.rows[0] === known[0] ? { ...withRows(state, rows, "before"), older: next } : state));
  }

  /**
   * Sends a message; while the agent works it waits in line.
   * @param {string} content
   * @param {object} [more] further fields of the request
   * @param {string} [clientMessageId] the one of a try before, so that a message is never sent twice
   */
  async send(content, more = {}, clientMessageId = crypto.randomUUID()) {
    const { parentId } = /** @type {{parentId?: string}} */ (more);
    if (parentId !== undefined) this._cut((row) => row.parentId === (parentId === "root" ? null : parentId) && row.role === "user");
    const isBusy = this.transcript.value.live !== null && !this.transcript.value.live.isOver;
    if (!isBusy) this.transcript.update((state) => ({ ...state, sending: { clientMessageId, content, problem: null } }));
    try {
      await this._start(`${this.path}/messages`, { content, clientMessageId, whenBusy: "queue", ...more });
      if (isBusy) await this.loadQueue();
    } catch (error) {
      this.transcript.update((state) => ({ ...state, sending: null }));
      if (parentId !== undefined) await this.reload();
      throw error;
    }
  }

  /**
   * Answers a message again, on a branch of its own.
   * @param {string} messageId
   */
  async retry(messageId) {
    const { rows } = this.transcript.value;
    const given = rows.find((row) => row.id === messageId);
    this._cut((row) => row.role === "assistant" && (row === given || row.parentId === messageId));
    try {
      await this._start(`${this.path}/messages/${messageId}/retry`, undefined);
    } finally {
      await this.reload();
    }
  }

  /** Takes away what is about to be replaced, from the first such row on. @param {(row: Message) => boolean} isFirst */
  _cut(isFirst) {
    const at = this.transcript.value.rows.findIndex(isFirst);
    if (at >= 0) this.transcript.update((state) => ({ ...state, rows: state.rows.slice(0, at) }));
  }

  /** Has the model summarise what came before. */
  async compact() {
    await this._start(`${this.path}/compact`, undefined);
  }

  /** Stops the running turn. */
  async cancel() {
    try {
      await ask("POST", `${this.path}/cancel`);
    } catch (error) {
      if (!(error instanceof ApiError && error.code === "no_turn")) throw error;
    }
  }

  /**
   * Shows another branch, from now on also for sending.
   * @param {string} branchId
   */
  async switchBranch(branchId) {
    await ask("PATCH", this.path, { branchId });
    await this.reload();
  }

  /** Reads the messages again, from the end. */
  async reload() {
    const { rows, next } = await page(`${this.path}/messages?from=end&limit=${PAGE}&${RENDER}`);
    this._rendered.clear();
    this.transcript.update((state) => ({ ...withRows({ ...state, rows: [], requests: withoutRow(state) }, rows), older: next }));
  }

  /** Reads the messages that wait in line. */
  async loadQueue() {
    this.queue.set(await get(`${this.path}/queue`));
  }

  /** @param {string} id */
  async removeQueued(id) {
    await ask("DELETE", `${this.path}/queue/${id}`);
    await this.loadQueue();
  }

  /** @param {string} id @param {string} content */
  async editQueued(id, content) {
    await ask("PATCH", `${this.path}/queue/${id}`, { content });
    await this.loadQueue();
  }

  /**
   * Starts a turn and lets go of its stream: this page follows by its own.
   * @param {string} path
   * @param {unknown} body
   */
  async _start(path, body) {
    const response = await send("POST", path, { body });
    await response.body?.cancel();
  }

  /** @param {(error: ApiError) => void} onGone */
  async _load(onGone) {
    // The stream is open before the rows are read, so what happens in between is in one of the two.
    try {
      const { rows, next } = await page(`${this.path}/messages?from=end&limit=${PAGE}&${RENDER}`);
      if (this._isClosed) return;
      this.transcript.update((state) => ({ ...withRows(state, rows), older: next }));
      const waiting = this._waiting ?? [];
      this._waiting = null;
      this._receive(waiting);
      await this.loadQueue();
    } catch (error) {
      if (isPassing(error)) this._stream.again();
      else if (error instanceof ApiError) onGone(error);
    }
  }

  async _catchUp() {
    try {
      await Promise.all([this._loadNewer(), this.loadQueue()]);
    } catch (error) {
      if (isPassing(error)) this._stream.again();
    }
  }

  /** @param {StreamEvent[]} events */
  _receive(events) {
    if (this._waiting !== null) {
      this._waiting.push(...events);
      return;
    }
    this.transcript.update((state) => events.reduce((next, event) => receive(next, event, this.id), state));
    for (const event of events) this._react(event);
  }

  /** @param {StreamEvent} event */
  _react(event) {
    if (event.turnId == null) return;
    if (event.type === "message") {
      // Rows of another branch do not come after those that are here.
      const last = this.transcript.value.rows.at(-1);
      void (last && last.branchId !== event.branchId ? this.reload() : this._loadNewer());
      if (event.wasQueued) void this.loadQueue();
    }
    if (event.type === "request_resolved") void this._loadRequest(event.requestId);
    if (event.type === "compaction") void this._loadNewer();
    if (["done", "error", "interrupted"].includes(event.type)) {
      this.ended.update((count) => count + 1);
      void this._settle(event);
    }
  }

  /** What was answered: the event tells only that. @param {string} id */
  async _loadRequest(id) {
    const row = await get(`${this.path}/messages/${id}`).catch(() => null); // a reload shows it
    if (row) this.transcript.update((state) => withRequest(state, row));
  }

  /** The rows after the last one known: whatever a turn has added. */
  async _loadNewer() {
    const last = this.transcript.value.rows.at(-1);
    const place = last ? `after=${last.id}` : "from=end";
    const { rows } = await page(`${this.path}/messages?${place}&limit=${PAGE}&${RENDER}`);
    this.transcript.update((state) => withRows(state, rows));
  }

  /** @param {StreamEvent} event that ended a turn */
  async _settle(event) {
    const live = this.transcript.value.live;
    const messageId = event.messageId ?? live?.messageId;
    try {
      await this._loadNewer();
      if (messageId) {
        const row = await get(`${this.path}/messages/${messageId}?${RENDER}`);
        this.transcript.update((state) => withRows(state, [row]));
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error; // gone meanwhile; the stream tells
    }
    // A turn without an answer of its own, such as a summary, leaves nothing behind.
    this.transcript.update((state) => (state.live?.isOver && state.live.turnId === event.turnId ? { ...state, live: null } : state));
  }
}
