// All conversations, newest first: searched, grouped by day, and only those rows drawn that can be seen.

import { CONVERSATIONS, ask, get, sentence } from "../api.js";
import { button, fill, h, icon, iconButton } from "../dom.js";
import { dayGroup, exactTime } from "../format.js";
import { openMenu } from "../menus.js";
import { toast, undoable } from "../toasts.js";
import { hitRow, markOf, titleOf } from "./conversation-row.js";
import { keepFocus } from "./kept-focus.js";
import { editRowTitle } from "./row-title.js";

/**
 * @typedef {import("../types.js").Conversation} Conversation
 * @typedef {import("../feed.js").Feed} Feed
 * @typedef {{kind: "day", label: string} | {kind: "row", id: string}} Line
 */

const SPARE_LINES = 8;
const SEARCH_PAUSE_MS = 150;

export class Sidebar {
  /**
   * @param {HTMLElement} node
   * @param {Feed} feed
   * @param {{go: (path: string) => void, collapse: () => void, projects: import("../store.js").Store<import("../types.js").Project[]>}} actions
   */
  constructor(node, feed, actions) {
    this._feed = feed;
    this._actions = actions;
    /** @type {string | null} */
    this._current = null;
    /** @type {Line[]} */
    this._lines = [];
    /** @type {Map<string, {node: HTMLElement, stamp: string}>} */
    this._rows = new Map();
    this._query = "";
    this.search = h("input", { class: "input", type: "search", placeholder: "Search", "aria-label": "Search conversations", autocomplete: "off", on: { input: () => this._search(), keydown: (/** @type {KeyboardEvent} */ event) => this._searchKey(event) } });
    this._window = h("div", { class: "window", role: "list" });
    this._hits = h("div", { role: "list", "aria-label": "Search results", hidden: true });
    this._note = h("p", { class: "list-note", hidden: true });
    this._scroller = h("div", { class: "conversation-list", on: { scroll: () => this._draw() } }, this._window, this._hits, this._note);
    this._project = h("button", { type: "button", class: "side-link", hidden: true, "aria-haspopup": "menu", "aria-expanded": "false", on: { click: () => this._openProjects() } });
    this._inbox = h("a", { class: "side-link", href: "/inbox" });
    this._places = [["tasks", "Tasks", "list-todo"], ["documents", "Documents", "file-text"]].map(([section, label, name]) => ({ section, node: h("a", { class: "side-link", href: `/${section}` }, icon(name), label) }));
    this._settings = h("a", { class: "side-link", href: "/settings" });
    this._archived = h("button", { type: "button", class: "side-link", "aria-pressed": "false", on: { click: () => this._toggleArchived() } });
    this._new = button([icon("plus"), "New chat"], () => actions.go("/"), { title: "New chat (Ctrl+N)" });
    fill(
      node,
      h("div", { class: "sidebar-head" }, this._new, iconButton("panel-left", "Hide the sidebar", actions.collapse)),
      h("div", { class: "sidebar-search", role: "search", "aria-label": "All conversations" }, this.search, icon("search"), h("kbd", { "aria-hidden": "true" }, "/")),
      this._inbox,
      this._places.map((one) => one.node),
      this._project,
      h("nav", { class: "conversation-list-wrap", "aria-label": "Conversations" }, this._scroller),
      h("div", { class: "sidebar-foot" }, this._archived, this._settings),
    );
    new ResizeObserver(() => this._draw()).observe(this._scroller);
    feed.list.watch(() => this._refresh());
    feed.filter.watch(() => this._drawProject());
    actions.projects.watch(() => this._drawProject());
    feed.filter.watch((filter) => this._drawFoot(filter.status));
    feed.pending.watch((pending) => fill(this._inbox, icon("inbox"), h("span", { class: "grow" }, "Inbox"), pending.length > 0 && h("span", { class: "count", "aria-label": `${pending.length} waiting` }, pending.length)));
    feed.connected.watch((isConnected) => fill(this._settings, icon("settings"), "Settings", h("span", { class: isConnected ? "connection" : "connection is-lost" }, h("span", { class: "dot" }), isConnected ? "daemon" : "reconnecting")));
  }

  /** Puts the focus on the first thing in it. */
  focus() {
    this._new.focus();
  }

  /** @param {import("../router.js").Place} place */
  show(place) {
    this._current = place.view === "conversation" ? place.id : null;
    setCurrent(this._inbox, place.view === "inbox");
    for (const one of this._places) setCurrent(one.node, place.section === one.section);
    setCurrent(this._settings, place.view === "settings");
    this._refresh();
  }

  /** @param {number} index @returns {string | undefined} the conversation at this place of the list */
  at(index) {
    return this._feed.list.value.order[index];
  }

  /** @param {"active" | "archived"} status */
  _drawFoot(status) {
    const isArchived = status === "archived";
    this._archived.setAttribute("aria-pressed", String(isArchived));
    fill(this._archived, icon(isArchived ? "undo-2" : "archive"), isArchived ? "Back to active" : "Archived");
  }

  _drawProject() {
    const { projectId } = this._feed.filter.value;
    const projects = this._actions.projects.value;
    this._project.hidden = projects.length === 0;
    const name = projects.find((project) => project.id === projectId)?.name ?? "All projects";
    fill(this._project, icon("folder"), h("span", { class: "grow truncate" }, name), icon("chevron-down", "small"));
  }

  _openProjects() {
    const { projectId } = this._feed.filter.value;
    const entry = (/** @type {string} */ label, /** @type {string | null} */ id) => ({ label, isChecked: projectId === id, run: () => this._feed.setFilter({ projectId: id }) });
    openMenu(this._project, [entry("All projects", null), ...this._actions.projects.value.map((project) => entry(project.name, project.id))]);
  }

  _toggleArchived() {
    this._feed.setFilter({ status: this._feed.filter.value.status === "active" ? "archived" : "active" });
    this._scroller.scrollTop = 0;
  }

  _refresh() {
    const list = this._feed.list.value;
    const words = this._query.toLowerCase();
    /** @type {Line[]} */
    const lines = [];
    let day = "";
    for (const id of list.order) {
      const conversation = /** @type {Conversation} */ (list.byId.get(id));
      if (words && !titleOf(conversation).toLowerCase().includes(words)) continue;
      const group = dayGroup(conversation.updatedAt);
      if (group !== day && !words) lines.push({ kind: "day", label: group });
      day = group;
      lines.push({ kind: "row", id });
    }
    this._lines = lines;
    this._draw();
    const isEmpty = list.isLoaded && lines.length === 0 && this._hits.childElementCount === 0;
    this._note.hidden = !isEmpty;
    this._note.textContent = words
      ? "Nothing found."
      : this._feed.filter.value.status === "archived" ? "Nothing is archived. Archive a conversation from its menu to keep this list short." : "Your conversations appear here. Start one with “New chat”.";
  }

  _draw() {
    const height = rowHeight();
    const { scrollTop, clientHeight } = this._scroller;
    const first = Math.max(0, Math.floor(scrollTop / height) - SPARE_LINES);
    const last = Math.min(this._lines.length, Math.ceil((scrollTop + clientHeight) / height) + SPARE_LINES);
    this._window.style.height = `${this._lines.length * height}px`;
    /** @type {Map<string, {node: HTMLElement, stamp: string}>} */
    const rows = new Map();
    for (let index = first; index < last; index += 1) {
      const line = this._lines[index];
      const key = line.kind === "day" ? `day ${line.label}` : line.id;
      const row = this._row(line, key);
      row.node.style.top = `${index * height}px`;
      row.node.setAttribute("aria-posinset", String(index + 1));
      row.node.setAttribute("aria-setsize", String(this._feed.list.value.next ? -1 : this._lines.length));
      rows.set(key, row);
    }
    keepFocus(this._window, () => this._place(rows));
    if (last >= this._lines.length - SPARE_LINES * 2) void this._feed.loadMore();
  }

  /** @param {Map<string, {node: HTMLElement, stamp: string}>} rows */
  _place(rows) {
    const kept = new Set([...rows.values()].map((row) => row.node));
    for (const { node } of this._rows.values()) if (!kept.has(node)) node.remove();
    let place = this._window.firstElementChild;
    for (const { node } of rows.values()) {
      if (node === place) place = place.nextElementSibling;
      else this._window.insertBefore(node, place);
    }
    this._rows = rows;
  }

  /** @param {Line} line @param {string} key */
  _row(line, key) {
    const known = this._rows.get(key);
    if (line.kind === "day") return known ?? { node: h("div", { class: "entry day", role: "listitem" }, line.label), stamp: "" };
    const conversation = /** @type {Conversation} */ (this._feed.list.value.byId.get(line.id));
    const isCurrent = this._current === line.id;
    const isUnread = conversation.unread && !isCurrent;
    const stamp = [conversation.title, conversation.turn, conversation.pendingRequests, conversation.lastOutcome, isUnread, isCurrent].join("\n");
    if (known && (known.stamp === stamp || known.node.querySelector(".rename"))) return known;
    return { node: this._conversationRow(conversation, isUnread, isCurrent), stamp };
  }

  /** @param {Conversation} conversation @param {boolean} isUnread @param {boolean} isCurrent */
  _conversationRow(conversation, isUnread, isCurrent) {
    const title = titleOf(conversation);
    const more = iconButton("ellipsis", `More for ${title}`, () => openMenu(more, this._menuOf(conversation, node)), { class: "more", "aria-haspopup": "menu" });
    const link = h(
      "a",
      { class: "side-link", href: `/conversations/${conversation.id}`, title: `${title}\n${exactTime(conversation.updatedAt)}`, dir: "auto", on: { dblclick: () => this._rename(conversation, node) } },
      markOf(conversation, isUnread),
      h("span", { class: "truncate" }, title),
    );
    setCurrent(link, isCurrent);
    const node = h("div", { class: `entry conversation${isUnread ? " unread" : ""}`, role: "listitem", data: { key: conversation.id } }, link, more);
    return node;
  }

  /** @param {Conversation} conversation @param {HTMLElement} node @returns {import("../menus.js").Entry[]} */
  _menuOf(conversation, node) {
    const isArchived = conversation.status === "archived";
    return [
      { label: "Rename", icon: "pencil", run: () => this._rename(conversation, node) },
      { label: isArchived ? "Move back" : "Archive", icon: isArchived ? "undo-2" : "archive", run: () => void this.archive(conversation) },
      "line",
      { label: "Delete", icon: "trash", isDanger: true, run: () => this.remove(conversation) },
    ];
  }

  /** @param {Conversation} conversation */
  async archive(conversation) {
    const status = conversation.status === "archived" ? "active" : "archived";
    try {
      await this._feed.change(conversation.id, { status });
      toast(status === "archived" ? "Archived" : "Moved back", { action: { label: "Undo", run: () => void this._feed.change(conversation.id, { status: conversation.status }) } });
    } catch (error) {
      toast(sentence(error), { isError: true });
    }
  }

  /** @param {Conversation} conversation */
  remove(conversation) {
    const { id } = conversation;
    this._feed.hide(id);
    if (this._current === id) this._actions.go("/");
    const run = () => ask("DELETE", `${CONVERSATIONS}/${id}`).catch((error) => {
      toast(sentence(error), { isError: true });
      this._feed.show(id);
    });
    undoable(`Deleted “${titleOf(conversation)}”`, () => void run(), () => this._feed.show(id));
  }

  /** @param {Conversation} conversation @param {HTMLElement} node */
  _rename(conversation, node) {
    editRowTitle(node, conversation, (title) => {
      this._feed.change(conversation.id, { title }).catch((error) => toast(sentence(error), { isError: true }));
    });
  }

  _search() {
    this._query = this.search.value.trim();
    clearTimeout(this._searchTimer);
    if (this._query === "") {
      fill(this._hits);
      this._hits.hidden = true;
    } else {
      this._searchTimer = setTimeout(() => void this._searchTexts(this._query), SEARCH_PAUSE_MS);
    }
    this._scroller.scrollTop = 0;
    this._refresh();
  }

  /** @param {string} query */
  async _searchTexts(query) {
    try {
      const hits = await get(`/api/chat/search?q=${encodeURIComponent(query)}&limit=30`);
      if (query !== this._query) return;
      this._hits.hidden = hits.length === 0;
      fill(this._hits, hits.length > 0 && h("div", { class: "day", role: "presentation" }, "In messages"), hits.map(hitRow));
      this._refresh();
    } catch (error) {
      toast(sentence(error), { isError: true });
    }
  }

  /** @param {KeyboardEvent} event */
  _searchKey(event) {
    if (event.key === "Escape" && this.search.value) {
      event.stopPropagation();
      this.search.value = "";
      this._search();
    } else if (event.key === "Enter" || event.key === "ArrowDown") {
      const first = this._scroller.querySelector("a");
      if (!first) return;
      event.preventDefault();
      if (event.key === "Enter") first.click();
      else first.focus();
    }
  }
}

/** @param {HTMLElement} link @param {boolean} isCurrent */
function setCurrent(link, isCurrent) {
  if (isCurrent) link.setAttribute("aria-current", "page");
  else link.removeAttribute("aria-current");
}

const rowHeight = () => parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--row")) || 32;
