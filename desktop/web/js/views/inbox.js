// Everything that waits for the person, from all conversations, to be answered here.

import { CONVERSATIONS, get } from "../api.js";
import { fill, h, icon, iconButton } from "../dom.js";
import { PermissionCard } from "./permission-card.js";
import { QuestionForm } from "./question-form.js";
import { titleOf } from "./conversation-row.js";

/**
 * @typedef {import("../app.js").App} App
 * @typedef {{group: HTMLElement, card: PermissionCard | QuestionForm | null}} Entry
 */

export class InboxView {
  /** @param {App} app */
  constructor(app) {
    this._app = app;
    /** @type {Map<string, Entry>} */
    this._groups = new Map();
    this._list = h("div", { class: "page" });
    this._empty = h("div", { class: "empty" }, icon("inbox"), h("h2", null, "Nothing waits for you"), h("p", null, "When an agent asks for permission or has a question, it appears here, whichever conversation it comes from."));
    this.node = [
      h("header", { class: "topbar" }, iconButton("panel-left", "Show the sidebar", () => app.toggleSidebar(), { class: "show-sidebar" }), h("h1", null, "Inbox")),
      h("div", { class: "page-scroll" }, this._empty, this._list),
    ];
    document.title = "Inbox – stagent";
    this._stop = app.feed.pending.watch((pending) => this._draw(pending));
  }

  /** Stops watching. */
  close() {
    this._stop();
  }

  /** Puts the focus on the first card. */
  focus() {
    this._list.querySelector("button")?.focus();
  }

  /** @param {KeyboardEvent} event @returns {boolean} */
  key(event) {
    const entries = [...this._groups.values()];
    const focused = entries.find(({ group }) => group.contains(document.activeElement));
    return (focused ?? entries[0])?.card?.press(event.key) ?? false;
  }

  /** @param {import("../types.js").Request[]} pending */
  _draw(pending) {
    const open = new Set(pending.map((request) => request.id));
    let hasMoved = false;
    for (const [id, { group }] of this._groups) {
      if (open.has(id)) continue;
      group.remove();
      this._groups.delete(id);
      hasMoved = true;
    }
    // Those below have come up, under a hand or a key that was meant for another one.
    if (hasMoved) for (const { card } of this._groups.values()) card?.guard();
    for (const request of pending) if (!this._groups.has(request.id)) void this._add(request);
    this._empty.hidden = pending.length > 0;
    this._list.hidden = pending.length === 0;
  }

  /** @param {import("../types.js").Request} request */
  async _add(request) {
    const group = h("section", { class: "inbox-group" });
    /** @type {Entry} */
    const entry = { group, card: null };
    this._groups.set(request.id, entry);
    this._list.append(group);
    const path = `/conversations/${request.conversationId}`;
    const conversation = this._app.feed.list.value.byId.get(request.conversationId) ?? (await this._read(request.conversationId));
    const place = this._app.placeOf(conversation);
    const { projectName } = place;
    entry.card = request.kind === "question" ? new QuestionForm(request) : new PermissionCard(request, place);
    fill(group, h("p", { class: "inbox-from" }, h("a", { href: path, dir: "auto" }, conversation ? titleOf(conversation) : "Open the conversation"), projectName && h("span", { class: "muted", dir: "auto" }, projectName)), entry.card.node);
  }

  /** A conversation that is not in the list: archived, filtered out, or of long ago. @param {string} id @returns {Promise<import("../types.js").Conversation | null>} */
  async _read(id) {
    try {
      return await get(`${CONVERSATIONS}/${id}`);
    } catch {
      return null; // the request can be answered without its title
    }
  }
}
