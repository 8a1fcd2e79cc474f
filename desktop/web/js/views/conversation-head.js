// The head of a conversation: its title, which can be changed there, where it works, what it has used, its menu.

import { fill, h, icon, iconButton } from "../dom.js";
import { cost, tokens } from "../format.js";
import { openMenu } from "../menus.js";
import { titleOf } from "./conversation-row.js";
import { keepFocus } from "./kept-focus.js";
import { editTitle } from "./title-editor.js";

/**
 * @typedef {import("../types.js").Conversation} Conversation
 * @typedef {{
 *   toggleSidebar: () => void, rename: (title: string | null) => Promise<unknown>, fork: (() => void) | null,
 *   archive: (conversation: Conversation) => void, remove: (conversation: Conversation) => void,
 * }} HeadActions `fork` is null while there is nothing to copy
 */

export class ConversationHead {
  /** @param {() => HeadActions} actions */
  constructor(actions) {
    this._actions = actions;
    this.node = h("header", { class: "topbar" });
    /** @type {Conversation | null} */
    this._conversation = null;
    this._projectName = "";
    this._stamp = "";
  }

  /** @param {Conversation | null} conversation @param {string | null} projectName */
  show(conversation, projectName) {
    this._conversation = conversation;
    this._projectName = projectName ?? "";
    document.title = `${conversation ? titleOf(conversation) : "Chat"} – stagent`;
    if (this.node.querySelector(".title-input")) return;
    const stamp = JSON.stringify([projectName, conversation?.title, conversation?.usage, conversation?.projectId, conversation?.workingDirectory]);
    if (stamp === this._stamp) return;
    this._stamp = stamp;
    const more = iconButton("ellipsis", "More for this conversation", () => this._openMenu(more), { "aria-haspopup": "menu" });
    keepFocus(this.node, () => fill(
      this.node,
      iconButton("panel-left", "Show the sidebar", () => this._actions().toggleSidebar(), { class: "show-sidebar" }),
      h("h1", { class: "grow" }, h("button", { type: "button", class: "title-button truncate", dir: "auto", title: "Rename", on: { click: () => this.rename() } }, conversation ? titleOf(conversation) : "")),
      conversation && factsOf(conversation, projectName),
      more,
    ));
  }

  /** Puts a field in place of the title. */
  rename() {
    const heading = this.node.querySelector("h1");
    const conversation = this._conversation;
    if (!heading || !conversation) return;
    editTitle(heading, conversation.title ?? "", async (title, isByKey) => {
      this._stamp = "";
      if (title !== null) await this._actions().rename(title || null);
      this.show(this._conversation, this._projectName || null);
      const button = this.node.querySelector(".title-button");
      if (isByKey && button instanceof HTMLElement) button.focus();
    });
  }

  /** @param {HTMLElement} anchor */
  _openMenu(anchor) {
    const conversation = this._conversation;
    if (!conversation) return;
    const { fork, archive, remove } = this._actions();
    openMenu(anchor, [
      { label: "Rename", icon: "pencil", run: () => this.rename() },
      { label: "Fork", icon: "git-fork", isDisabled: !fork, run: () => fork?.() },
      { label: conversation.status === "archived" ? "Move back" : "Archive", icon: "archive", run: () => archive(conversation) },
      "line",
      { label: "Delete", icon: "trash", isDanger: true, run: () => remove(conversation) },
    ]);
  }
}

/** @param {Conversation} conversation @param {string | null} projectName */
function factsOf({ projectId, workingDirectory, usage }, projectName) {
  const used = usage.inputTokens + usage.outputTokens;
  return h(
    "div",
    { class: "facts" },
    projectName ? h("a", { class: "optional", href: `/projects/${projectId}`, dir: "auto" }, icon("folder", "small"), projectName)
    : workingDirectory && h("span", { class: "optional", title: workingDirectory }, icon("folder", "small"), h("span", { class: "truncate" }, workingDirectory.split("/").pop())),
    used > 0 && h("span", { class: "optional", title: "Used so far" }, `${tokens(used)} tokens`),
    used > 0 && usage.costUsd != null && h("span", { title: "Cost so far" }, cost(usage.costUsd)),
  );
}
