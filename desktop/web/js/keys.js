// The keys that work everywhere, as a table: it is carried out, and shown to people.

import { openPalette } from "./views/palette.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {{keys: string, label: string, matches: (event: KeyboardEvent) => boolean, run: (app: App, event: KeyboardEvent) => void}} Shortcut
 */

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
const mod = (/** @type {KeyboardEvent} */ event) => (isMac ? event.metaKey : event.ctrlKey) && !event.altKey;
const withMod = (/** @type {string} */ key, shift = false) => (/** @type {KeyboardEvent} */ event) => mod(event) && event.shiftKey === shift && event.key.toLowerCase() === key;
export const MOD = isMac ? "⌘" : "Ctrl";

/** @type {Shortcut[]} */
export const SHORTCUTS = [
  { keys: `${MOD} K`, label: "Go to or do anything", matches: withMod("k"), run: (app) => openPalette(app) },
  { keys: `${MOD} F`, label: "Find in this conversation", matches: (event) => withMod("f")(event) && document.querySelector(".find") !== null, run: (app) => app.find() },
  { keys: `${MOD} ,`, label: "Settings", matches: withMod(","), run: (app) => app.go("/settings") },
  { keys: `${MOD} N`, label: "New chat", matches: withMod("n"), run: (app) => app.go("/") },
  { keys: `${MOD} B`, label: "Show or hide the sidebar", matches: withMod("b"), run: (app) => app.toggleSidebar() },
  { keys: `${MOD} Shift F`, label: "Search all conversations", matches: withMod("f", true), run: (app) => app.search() },
  { keys: `${MOD} 1…9`, label: "Go to a conversation", matches: (event) => mod(event) && !event.shiftKey && /^[1-9]$/.test(event.key), run: (app, event) => {
    const id = app.sidebar.at(Number(event.key) - 1);
    if (id) app.go(`/conversations/${id}`);
  } },
];
