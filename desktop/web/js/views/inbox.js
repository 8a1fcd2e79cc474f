// Everything that waits for the person, from all conversations, to be answered here.

import { h, icon, iconButton } from "../dom.js";
import { PermissionCard } from "./permission-card.js";
import { QuestionForm } from "./question-form.js";
import { titleOf } from "./conversation-row.js";

/** @typedef {import("../app.js").App} App */

export class InboxView {
  /** @param {App} app */
  constructor(app) {
    this._app = app;
    /** @type {Map<string, {group: HTMLElement, card: PermissionCard | QuestionForm}>} */
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
    const first = this._groups.values().next().value;
    return first?.card.press(event.key) ?? false;
  }

  /** @param {import("../types.js").Request[]} pending */
  _draw(pending) {
    const open = new Set(pending.map((request) => request.id));
    for (const [id, { group }] of this._groups) {
      if (open.has(id)) continue;
      group.remove();
      this._groups.delete(id);
    }
    for (const request of pending) {
      if (this._groups.has(request.id)) continue;
      const conversation = this._app.feed.list.value.byId.get(request.conversationId);
      const place = { workingDirectory: conversation?.workingDirectory, projectName: this._app.projectName(conversation?.projectId ?? null) };
      const card = request.kind === "question" ? new QuestionForm(request) : new PermissionCard(request, place);
      const group = h("section", { class: "inbox-group" }, h("a", { href: `/conversations/${request.conversationId}`, dir: "auto" }, conversation ? titleOf(conversation) : "Open the conversation"), card.node);
      this._groups.set(request.id, { group, card });
      this._list.append(group);
    }
    this._empty.hidden = pending.length > 0;
    this._list.hidden = pending.length === 0;
  }
}
