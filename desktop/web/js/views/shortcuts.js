// The sheet of all keys.

import { h } from "../dom.js";
import { SHORTCUTS } from "../keys.js";
import { openDialog } from "../menus.js";

/** Keys that belong to a part of the page. @type {{title: string, keys: {keys: string, label: string}[]}[]} */
const LOCAL = [
  { title: "While you write", keys: [
    { keys: "Enter", label: "Send" },
    { keys: "Shift Enter", label: "New line" },
    { keys: "↑ ↓", label: "Earlier messages, and back" },
    { keys: "@", label: "Mention a file, task, project…" },
    { keys: "/", label: "Commands, in an empty field" },
  ] },
  { title: "When an agent asks", keys: [
    { keys: "y", label: "Allow once" },
    { keys: "a", label: "Always allow" },
    { keys: "n", label: "Deny" },
    { keys: "e", label: "Edit before allowing" },
  ] },
];
const ELSEWHERE = [
  { keys: "/", label: "Search, where no field has the focus" },
  { keys: "Esc", label: "Stop the agent, or close what is open" },
  { keys: "?", label: "This list" },
];

/** Opens the sheet. */
export function openShortcuts() {
  if (document.querySelector("dialog.shortcuts")) return;
  const row = (/** @type {{keys: string, label: string}} */ one) =>
    h("div", { class: "shortcut" }, h("dt", null, one.label), h("dd", null, one.keys.split(" ").map((key) => h("kbd", null, key))));
  const groups = [{ title: "Everywhere", keys: [...SHORTCUTS, ...ELSEWHERE] }, ...LOCAL];
  openDialog("Keyboard", h("div", { class: "shortcut-groups" }, groups.map((group) => h("section", null, h("h3", null, group.title), h("dl", null, group.keys.map(row))))), null, "shortcuts");
}
