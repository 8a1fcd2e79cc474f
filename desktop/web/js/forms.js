// Forms that ask the daemon: fields with labels, one place for what is wrong, and no second click while one is under way.

import { sentence } from "./api.js";
import { button, h, icon, uniqueId } from "./dom.js";
import { openDialog } from "./menus.js";

/** @typedef {import("./dom.js").Child} Child */

/**
 * A control with its label and, where it helps, a hint.
 * @param {string} label
 * @param {HTMLElement} control
 * @param {Child} [hint]
 */
export function field(label, control, hint = null) {
  const id = uniqueId("field");
  control.id = id;
  if (hint) control.setAttribute("aria-describedby", `${id}-hint`);
  return h("div", { class: "field" }, h("label", { class: "label", for: id }, label), control, hint && h("p", { class: "hint", id: `${id}-hint` }, hint));
}

/**
 * @param {Record<string, any>} [props]
 * @returns {HTMLInputElement}
 */
export const input = ({ class: more = "", ...rest } = {}) => h("input", { class: `input ${more}`.trim(), autocomplete: "off", ...rest });

/**
 * @param {{value: string, label: string}[]} options
 * @param {string} chosen
 * @param {Record<string, any>} [props]
 */
export function select(options, chosen, props = {}) {
  return h("select", { class: "input", ...props }, options.map((option) => h("option", { value: option.value, selected: option.value === chosen }, option.label)));
}

/**
 * A choice between a few: all of them can be seen.
 * @param {string} label
 * @param {{value: string, label: string, icon?: string}[]} options
 * @param {string} chosen
 * @param {(value: string) => void} onChange
 */
export function segments(label, options, chosen, onChange) {
  const name = uniqueId("segment");
  return h(
    "fieldset",
    { class: "segments" },
    h("legend", { class: "visually-hidden" }, label),
    options.map((option) => h(
      "label",
      null,
      h("input", { type: "radio", name, value: option.value, checked: option.value === chosen, on: { change: () => onChange(option.value) } }),
      h("span", null, option.icon && icon(option.icon, "small"), option.label),
    )),
  );
}

/**
 * A switch with words.
 * @param {string} label
 * @param {Child} hint
 * @param {boolean} isOn
 * @param {(isOn: boolean) => void} onChange
 */
export function toggle(label, hint, isOn, onChange) {
  const box = h("input", { type: "checkbox", checked: isOn });
  box.addEventListener("change", () => onChange(box.checked));
  return h("label", { class: "choice" }, box, h("span", { class: "text" }, label, hint && h("small", null, hint)));
}

/**
 * A form. What is refused is said in it, and what was typed stays.
 * @param {Child} content
 * @param {string} verb on the button
 * @param {() => Promise<unknown>} run
 * @param {{class?: string, cancel?: () => void, label?: string}} [options]
 * @returns {HTMLFormElement}
 */
export function form(content, verb, run, { class: more = "", cancel, label } = {}) {
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const submit = h("button", { type: "submit", class: "button" }, verb);
  const node = h("form", { class: `form ${more}`.trim(), "aria-label": label, novalidate: true }, content, problem, h("div", { class: "form-actions" }, cancel && button("Cancel", cancel, { class: "quiet" }), submit));
  node.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (submit.disabled) return;
    submit.disabled = true;
    problem.hidden = true;
    try {
      await run();
    } catch (error) {
      problem.textContent = error instanceof InputError ? error.message : sentence(error);
      problem.hidden = false;
    } finally {
      submit.disabled = false;
    }
  });
  return node;
}

/** What a person typed cannot be sent; the message says why. */
export class InputError extends Error {}

/**
 * A form in a dialog, which closes once it was carried out.
 * @param {string} title
 * @param {Child} content
 * @param {string} verb
 * @param {() => Promise<unknown>} run
 */
export function formDialog(title, content, verb, run) {
  const node = form(content, verb, async () => {
    await run();
    dialog.close();
  }, { cancel: () => dialog.close() });
  const dialog = openDialog(title, node);
  const first = node.querySelector("input, textarea, select");
  if (first instanceof HTMLElement) first.focus();
}
