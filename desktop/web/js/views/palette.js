// Everything by its name: conversations, places and commands, from one field.

import { get } from "../api.js";
import { fill, h, icon, uniqueId } from "../dom.js";
import { titleOf } from "./conversation-row.js";
import { SECTIONS } from "./settings/page.js";

/**
 * @typedef {import("../app.js").App} App
 * @typedef {{label: string, hint?: string, icon: string, end?: string, run: () => void}} Entry
 */

const SHOWN = 12;
const PAUSE_MS = 100;

/** @param {App} app */
export function openPalette(app) {
  if (document.querySelector("dialog.palette")) return;
  const id = uniqueId("palette");
  const list = h("div", { class: "palette-list", id, role: "listbox", "aria-label": "Results" });
  const input = h("input", { class: "palette-input", role: "combobox", "aria-expanded": "true", "aria-controls": id, "aria-autocomplete": "list", "aria-label": "Go to or do", placeholder: "Go to a conversation, or do something…", autocomplete: "off" });
  const dialog = h("dialog", { class: "palette", "aria-label": "Command palette" }, input, list);
  /** @type {Entry[]} */
  let entries = [];
  let chosen = 0;
  let asked = 0;

  const choose = (/** @type {number} */ index) => {
    chosen = index;
    [...list.children].forEach((node, at) => node.setAttribute("aria-selected", String(at === index)));
    list.children[index]?.scrollIntoView({ block: "nearest" });
    if (entries.length > 0) input.setAttribute("aria-activedescendant", `${id}-${index}`);
    else input.removeAttribute("aria-activedescendant");
  };
  const run = (/** @type {number} */ index) => {
    const entry = entries[index];
    if (!entry) return;
    dialog.close();
    entry.run();
  };
  const show = (/** @type {Entry[]} */ found) => {
    entries = found.slice(0, SHOWN);
    fill(list, entries.length === 0 ? h("div", { class: "list-note", role: "option", "aria-disabled": "true" }, "Nothing found.") : entries.map((entry, index) => h(
      "div",
      { class: "menu-item", role: "option", id: `${id}-${index}`, on: { click: () => run(index) } },
      icon(entry.icon),
      h("span", { class: "two" }, h("span", { class: "truncate", dir: "auto" }, entry.label), entry.hint && h("small", { class: "truncate" }, entry.hint)),
      entry.end && h("span", { class: "end" }, entry.end),
    )));
    choose(0);
  };
  const search = async () => {
    const words = input.value.trim();
    asked += 1;
    const mine = asked;
    const known = matching(words, [...commandsOf(app), ...conversationsOf(app), ...placesOf(app)]);
    show(known);
    if (words.length < 2) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (mine !== asked) return;
    try {
      const { results } = await get(`/api/chat/entities/search?types=conversation&limit=8&q=${encodeURIComponent(words)}`);
      const seen = new Set(app.feed.list.value.order);
      const more = results.filter((/** @type {any} */ one) => !seen.has(one.entityId)).map((/** @type {any} */ one) => conversationEntry(app, one.entityId, one.label));
      if (mine === asked && dialog.open) show([...known, ...more]);
    } catch {
      // what is known already stays on the screen
    }
  };
  input.addEventListener("input", () => void search());
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && entries.length > 0) choose((chosen + step + entries.length) % entries.length);
    else if (event.key === "Enter") run(chosen);
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  void search();
}

/** @param {App} app @returns {Entry[]} */
function commandsOf(app) {
  const go = (/** @type {string} */ path) => () => app.go(path);
  return [
    { label: "New chat", icon: "plus", end: "Command", run: go("/") },
    { label: "Inbox", icon: "inbox", end: "Go to", run: go("/inbox") },
    ...app.view?.commands?.() ?? [],
    { label: "Tasks", icon: "list-todo", end: "Go to", run: go("/tasks") },
    { label: "Documents", icon: "file-text", end: "Go to", run: go("/documents") },
    { label: "Show or hide the sidebar", icon: "panel-left", end: "Command", run: () => app.toggleSidebar() },
  ];
}

/** Places that come up once their name is typed. @param {App} app @returns {Entry[]} */
function placesOf(app) {
  const go = (/** @type {string} */ path) => () => app.go(path);
  return [
    ...app.projects.value.map((project) => ({ label: `Project: ${project.name}`, icon: "folder", end: "Go to", run: go(`/projects/${project.id}`) })),
    ...SECTIONS.map((section) => ({ label: `Settings: ${section.label}`, icon: section.icon, end: "Go to", run: go(`/settings/${section.id}`) })),
  ];
}

/** @param {App} app @returns {Entry[]} */
function conversationsOf(app) {
  const { order, byId } = app.feed.list.value;
  return order.slice(0, 500).flatMap((id) => {
    const found = byId.get(id);
    return found ? [conversationEntry(app, id, titleOf(found))] : [];
  });
}

/** @param {App} app @param {string} id @param {string} label @returns {Entry} */
const conversationEntry = (app, id, label) => ({ label, icon: "message-square", run: () => app.go(`/conversations/${id}`) });

/**
 * Those whose name holds all words, the best first: what begins like the text, then whole words, then anywhere.
 * @template {{label: string}} T
 * @param {string} text
 * @param {T[]} entries
 * @returns {T[]}
 */
export function matching(text, entries) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return entries;
  const rank = (/** @type {string} */ label) => (label.startsWith(words[0]) ? 0 : words.every((word) => ` ${label}`.includes(` ${word}`)) ? 1 : 2);
  return entries
    .map((entry, index) => ({ entry, index, label: entry.label.toLowerCase() }))
    .filter(({ label }) => words.every((word) => label.includes(word)))
    .sort((a, b) => rank(a.label) - rank(b.label) || a.index - b.index)
    .map(({ entry }) => entry);
}
