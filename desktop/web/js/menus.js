// Menus that float beside what opened them, and dialogs. Keys, focus and closing are the same everywhere.

import { button, fill, h, icon, uniqueId } from "./dom.js";

/**
 * @typedef {{label: string, icon?: string, end?: string, hint?: string, isDanger?: boolean, isChecked?: boolean,
 *   isDisabled?: boolean, run: () => void}} Item
 * @typedef {Item | {group: string} | "line"} Entry
 */

/** @type {(() => void) | null} */
let closeOpen = null;

/**
 * Opens a menu at a button; a second call at the same button closes it.
 * @param {HTMLElement} anchor
 * @param {Entry[]} entries
 */
export function openMenu(anchor, entries) {
  const wasHere = anchor.getAttribute("aria-expanded") === "true";
  closeOpen?.();
  if (wasHere) return;
  const isChoice = entries.some((entry) => typeof entry === "object" && "isChecked" in entry);
  const menu = h("div", { class: "menu", role: "menu", tabindex: -1 });
  const close = (hasFocus = true) => {
    menu.remove();
    anchor.setAttribute("aria-expanded", "false");
    removeEventListener("pointerdown", outside, true);
    removeEventListener("resize", leave);
    closeOpen = null;
    if (hasFocus && anchor.isConnected) anchor.focus();
  };
  const leave = () => close(false);
  const outside = (/** @type {Event} */ event) => {
    if (event.target instanceof Node && !menu.contains(event.target) && !anchor.contains(event.target)) close(false);
  };
  fill(menu, entries.map((entry) => {
    if (entry === "line") return h("hr", { role: "separator" });
    if ("group" in entry) return h("div", { class: "group", role: "presentation" }, entry.group);
    const run = () => {
      if (entry.isDisabled) return;
      close();
      entry.run();
    };
    return h(
      "button",
      {
        type: "button", class: entry.isDanger ? "menu-item danger" : "menu-item", role: "isChecked" in entry ? "menuitemradio" : "menuitem", tabindex: -1,
        "aria-checked": "isChecked" in entry ? String(entry.isChecked === true) : null, "aria-disabled": entry.isDisabled ? "true" : null, on: { click: run },
      },
      isChoice ? icon(entry.isChecked ? "check" : "circle-dashed", entry.isChecked ? "" : "blank") : entry.icon && icon(entry.icon),
      h("span", { class: "two" }, h("span", { class: "truncate" }, entry.label), entry.hint && h("small", null, entry.hint)),
      entry.end && h("span", { class: "end" }, entry.end),
    );
  }));
  menu.addEventListener("keydown", (event) => menuKey(event, menu, close));
  // Within a landmark, and above a dialog where it was opened from one.
  (anchor.closest("dialog") ?? document.getElementById("main") ?? document.body).append(menu);
  anchor.setAttribute("aria-expanded", "true");
  placeAt(menu, anchor);
  closeOpen = close;
  addEventListener("pointerdown", outside, true);
  addEventListener("resize", leave);
  const checked = menu.querySelector('[aria-checked="true"]') ?? menu.querySelector(".menu-item");
  if (checked instanceof HTMLElement) checked.focus();
}

/** @param {KeyboardEvent} event @param {HTMLElement} menu @param {(hasFocus?: boolean) => void} close */
function menuKey(event, menu, close) {
  const items = /** @type {HTMLElement[]} */ ([...menu.querySelectorAll(".menu-item")]);
  const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const move = { ArrowDown: at + 1, ArrowUp: at - 1 + (at < 0 ? 1 : 0), Home: 0, End: items.length - 1 }[event.key];
  if (move !== undefined) items[(move + items.length) % items.length]?.focus();
  else if (event.key === "Escape") close();
  else if (event.key === "Tab") close();
  else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
    const letter = event.key.toLowerCase();
    [...items.slice(at + 1), ...items.slice(0, at + 1)].find((item) => item.textContent?.trim().toLowerCase().startsWith(letter))?.focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

/**
 * Puts a floating element beside another one, within the window.
 * @param {HTMLElement} floating
 * @param {HTMLElement} anchor
 */
export function placeAt(floating, anchor) {
  const box = anchor.getBoundingClientRect();
  const size = floating.getBoundingClientRect();
  const below = innerHeight - box.bottom;
  const isAbove = below < size.height + 12 && box.top > below;
  const left = Math.max(8, Math.min(box.left, innerWidth - size.width - 8));
  floating.style.left = `${left}px`;
  if (isAbove) floating.style.bottom = `${innerHeight - box.top + 4}px`;
  else floating.style.top = `${box.bottom + 4}px`;
}

/**
 * A modal dialog; it closes by Escape.
 * @param {string} title
 * @param {import("./dom.js").Child} content
 * @param {import("./dom.js").Child} [actions]
 * @param {string} [more] class
 * @returns {HTMLDialogElement} it is open
 */
export function openDialog(title, content, actions = null, more = "") {
  const id = uniqueId("dialog");
  const dialog = h("dialog", { "aria-labelledby": id, class: more }, h("div", { class: "dialog-body" }, h("h2", { id }, title), content, actions && h("div", { class: "dialog-actions" }, actions)));
  dialog.addEventListener("close", () => dialog.remove());
  // A click beside it closes it, but not the end of a selection that began inside, and never what is being filled in.
  let isBeside = false;
  dialog.addEventListener("pointerdown", (event) => {
    isBeside = event.target === dialog;
  });
  dialog.addEventListener("click", (event) => isBeside && event.target === dialog && !dialog.querySelector("form") && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/**
 * Asks before something that cannot be undone.
 * @param {string} title
 * @param {string} text
 * @param {string} verb on the button
 * @param {() => void} run
 */
export function confirmDialog(title, text, verb, run) {
  const dialog = openDialog(title, h("p", null, text), [
    button("Cancel", () => dialog.close()),
    button(verb, () => {
      dialog.close();
      run();
    }, { class: "danger" }),
  ]);
}
