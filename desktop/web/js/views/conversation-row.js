// How a conversation looks in a list: its name, its mark, and what a search found in it.

import { h, icon } from "../dom.js";
import { ago } from "../format.js";
import { setHtml } from "../html.js";

/** @typedef {import("../types.js").Conversation} Conversation */

/** @param {Conversation} conversation */
export const titleOf = (conversation) => conversation.title || "New chat";

/** @param {any} hit */
export function hitRow(hit) {
  const snippet = h("small", { class: "truncate" });
  setHtml(snippet, hit.snippet);
  const link = h("a", { class: "side-link hit", href: `/conversations/${hit.conversationId}`, dir: "auto" }, h("span", { class: "truncate" }, hit.title || "New chat"), snippet, h("span", { class: "visually-hidden" }, ago(hit.createdAt)));
  return h("div", { role: "listitem" }, link);
}

/** What a conversation does, or how its last answer ended. @param {Conversation} conversation @param {boolean} isUnread */
export function markOf(conversation, isUnread) {
  const [name, kind, words] =
    conversation.pendingRequests > 0 || conversation.turn === "waiting" ? ["circle-dot", "waiting", "Waits for you"]
    : conversation.turn === "running" ? ["loader-circle", "running", "Running"]
    : conversation.lastOutcome === "error" ? ["circle-alert", "failed", "Failed"]
    : isUnread ? ["circle-check", "unread", "New answer"]
    : ["", "", ""];
  return h("span", { class: `mark ${kind}` }, name && [icon(name, kind === "running" ? "spin" : ""), h("span", { class: "visually-hidden" }, words)]);
}
