// The messages that wait in line: each can be changed or taken back.

import { fill, h, icon, iconButton } from "../dom.js";
import { keepFocus } from "./kept-focus.js";

/** @typedef {import("../types.js").QueuedMessage} QueuedMessage */

/**
 * @param {HTMLElement} node
 * @param {QueuedMessage[]} messages
 * @param {{edit: (id: string, content: string) => void, remove: (id: string) => void}} actions
 */
export function drawQueue(node, messages, actions) {
  node.hidden = messages.length === 0;
  keepFocus(node, () => fill(node, messages.map((message) => {
    const text = h("span", { class: "grow truncate", dir: "auto" }, message.content);
    return h(
      "div",
      { class: "queued", role: "listitem", data: { key: message.id } },
      icon("clock"),
      text,
      iconButton("pencil", "Edit waiting message", ({ currentTarget }) => edit(message, text, /** @type {HTMLElement} */ (currentTarget), actions.edit)),
      iconButton("x", "Remove waiting message", () => actions.remove(message.id)),
    );
  })));
}

/** @param {QueuedMessage} message @param {HTMLElement} text @param {HTMLElement} opener @param {(id: string, content: string) => void} save */
function edit(message, text, opener, save) {
  const input = h("textarea", { class: "input grow", rows: 1, "aria-label": "Waiting message", prop: { value: message.content } });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" && (event.key !== "Enter" || event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Enter" && input.value.trim() && input.value !== message.content) save(message.id, input.value);
    else input.replaceWith(text);
    opener.focus();
  });
  text.replaceWith(input);
  input.focus();
}
