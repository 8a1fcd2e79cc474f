// Theme, density and size: kept in this browser, in force at once.

import { h, uniqueId } from "../../dom.js";

/** @typedef {[value: string, label: string]} Option */

/** @type {{name: string, label: string, options: Option[]}[]} */
const CHOICES = [
  { name: "theme", label: "Theme", options: [["", "As the system"], ["light", "Light"], ["dark", "Dark"]] },
  { name: "density", label: "Lists", options: [["", "Comfortable"], ["compact", "Compact"]] },
  { name: "size", label: "Text size", options: [["small", "Small"], ["", "Normal"], ["large", "Large"], ["largest", "Largest"]] },
];

/** @returns {HTMLElement} */
export function appearanceSection() {
  return h("div", { class: "sections" }, CHOICES.map((choice) => group(choice)));
}

/** @param {{name: string, label: string, options: Option[]}} choice */
function group({ name, label, options }) {
  const key = `stagent.${name}`;
  const root = document.documentElement;
  const current = localStorage.getItem(key) ?? "";
  const id = uniqueId(name);
  const set = (/** @type {string} */ value) => {
    if (value) {
      root.dataset[name] = value;
      localStorage.setItem(key, value);
    } else {
      delete root.dataset[name];
      localStorage.removeItem(key);
    }
    dispatchEvent(new Event("resize")); // rows have another height now
  };
  return h("fieldset", { class: "card" }, h("legend", null, label), h("div", { class: "row choices" }, options.map(([value, text]) =>
    h("label", { class: "choice" }, h("input", { type: "radio", name: id, value, prop: { checked: value === current }, on: { change: () => set(value) } }), h("span", { class: "text" }, text)))));
}
