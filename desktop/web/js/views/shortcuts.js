// The sheet of all keys.

import { h } from "../dom.js";
import { SHORTCUTS } from "../keys.js";
import { openDialog } from "../menus.js";

/** Keys that belong to a part of the page: what is done where. */
const LOCAL = [
  { keys: "Enter", label: "Send" },
  { keys: "Shift Enter", label: "New line" },
  { keys: "↑", label: "Bring back the last message, in an empty field" },
  { keys: "@", label: "Mention a file, project, task, document or conversation" },
  { keys: "/", label: "Commands in an empty field; elsewhere search" },
  { keys: "Esc", label: "Stop the agent, or close what is open" },
  { keys: "y", label: "Allow once, in a permission card" },
  { keys: "a", label: "Always allow" },
  { keys: "n", label: "Deny" },
  { keys: "e", label: "Edit before allowing" },
];

/** Opens the sheet. */
export function openShortcuts() {
  if (document.querySelector("dialog.shortcuts")) return;
  const row = (/** @type {{keys: string, label: string}} */ one) =>
    h("div", { class: "shortcut" }, h("dt", null, one.label), h("dd", null, one.keys.split(" ").map((key) => h("kbd", null, key))));
  openDialog("Keyboard", h("dl", { class: "shortcut-list" }, [...SHORTCUTS, ...LOCAL].map(row)), null, "shortcuts");
}
