// What a key does, wherever the focus is.

import { SHORTCUTS } from "./keys.js";
import { openShortcuts } from "./views/shortcuts.js";

/** @typedef {import("./app.js").App} App */

/**
 * @param {KeyboardEvent} event
 * @param {App} app
 */
export function globalKey(event, app) {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  const found = SHORTCUTS.find((shortcut) => shortcut.matches(event));
  if (found) {
    event.preventDefault();
    found.run(app, event);
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && app.closeDrawer()) {
    event.preventDefault();
    return;
  }
  const isTyping = event.target instanceof Element && event.target.matches("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !isTyping) {
    event.preventDefault();
    app.search();
  } else if (event.key === "?" && !isTyping) {
    event.preventDefault();
    openShortcuts();
  } else if ((event.key === "Escape" || !isTyping) && app.view?.key(event)) event.preventDefault();
}
