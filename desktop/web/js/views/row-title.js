// The title of a conversation that is changed in its row of the list.

import { h } from "../dom.js";

/** @typedef {import("../types.js").Conversation} Conversation */

/**
 * @param {HTMLElement} node the row
 * @param {Conversation} conversation
 * @param {(title: string | null) => void} save
 */
export function editRowTitle(node, conversation, save) {
  const link = node.querySelector("a");
  if (!link) return;
  const input = h("input", { class: "input rename", "aria-label": "Title", maxlength: 200, prop: { value: conversation.title ?? "" } });
  let isOver = false;
  const end = (/** @type {boolean} */ keeps) => {
    if (isOver) return;
    isOver = true;
    input.replaceWith(link);
    const title = input.value.trim();
    if (keeps && title !== (conversation.title ?? "")) save(title || null);
  };
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.stopPropagation();
    end(event.key === "Enter");
    link.focus();
  });
  input.addEventListener("blur", () => end(true));
  link.replaceWith(input);
  input.focus();
  input.select();
}
