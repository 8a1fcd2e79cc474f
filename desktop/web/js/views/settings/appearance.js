// Theme, density and size of letters. A choice holds at once.

import { appearance, setAppearance } from "../../appearance.js";
import { h } from "../../dom.js";
import { segments } from "../../forms.js";

/** @type {{name: import("../../appearance.js").Name, label: string, hint: string, options: {value: string, label: string, icon?: string}[]}[]} */
const CHOICES = [
  { name: "theme", label: "Theme", hint: "System follows what your desktop uses, also when it changes in the evening.", options: [{ value: "system", label: "System", icon: "monitor" }, { value: "light", label: "Light", icon: "sun" }, { value: "dark", label: "Dark", icon: "moon" }] },
  { name: "density", label: "Density", hint: "Compact fits more conversations and tool calls on the screen.", options: [{ value: "comfortable", label: "Comfortable" }, { value: "compact", label: "Compact" }] },
  { name: "size", label: "Font size", hint: "Applies to everything on the page, on top of the browser's zoom.", options: [{ value: "small", label: "Small" }, { value: "normal", label: "Normal" }, { value: "large", label: "Large" }, { value: "largest", label: "Largest" }] },
];

/** @returns {import("../../dom.js").Child} */
export function appearanceSection() {
  return [
    h("p", { class: "lead" }, "Kept in this browser."),
    h("div", { class: "rows" }, CHOICES.map((choice) => h(
      "div",
      { class: "row" },
      h("div", { class: "row-text" }, h("h3", null, choice.label), h("p", null, choice.hint)),
      segments(choice.label, choice.options, appearance(choice.name), (value) => setAppearance(choice.name, value)),
    ))),
  ];
}
