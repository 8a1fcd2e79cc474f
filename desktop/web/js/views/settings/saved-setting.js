// One of the daemon's settings as a field: saved when it is left, and set back when the daemon refuses it.

import { ask, sentence } from "../../api.js";
import { announce, h } from "../../dom.js";
import { field, input, select } from "../../forms.js";

/** @typedef {import("../../dom.js").Child} Child */

/**
 * @template {HTMLInputElement | HTMLSelectElement} T
 * @param {string} label
 * @param {T} control
 * @param {Child} hint
 * @param {(text: string) => Record<string, unknown>} changes what is sent for what stands in the control
 * @returns {HTMLElement}
 */
function saved(label, control, hint, changes) {
  let kept = control.value;
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  control.addEventListener("change", async () => {
    problem.hidden = true;
    try {
      await ask("PATCH", "/api/settings", changes(control.value));
      kept = control.value;
      announce("Saved.");
      control.classList.add("is-saved");
      setTimeout(() => control.classList.remove("is-saved"), 1200);
    } catch (error) {
      problem.textContent = sentence(error);
      problem.hidden = false;
      control.value = kept;
    }
  });
  const node = field(label, control, hint);
  node.append(problem);
  return node;
}

/**
 * A number; an empty field means null where that is allowed.
 * @param {string} label
 * @param {Child} hint
 * @param {string} name of the setting
 * @param {number | null} value
 * @param {{unit?: number, min?: number, step?: string}} [options] `unit`: how much of the setting one of the field is
 */
export function numberSetting(label, hint, name, value, { unit = 1, min = 0, step = "any" } = {}) {
  const control = input({ type: "number", min, step, inputmode: "decimal", prop: { value: value === null ? "" : String(value / unit) } });
  return saved(label, control, hint, (text) => ({ [name]: text.trim() === "" ? null : Number(text) * unit }));
}

/**
 * @param {string} label
 * @param {Child} hint
 * @param {string} name
 * @param {string | null} value
 * @param {string} [placeholder]
 */
export function textSetting(label, hint, name, value, placeholder = "") {
  const control = input({ placeholder, spellcheck: "false", autocapitalize: "off", prop: { value: value ?? "" } });
  return saved(label, control, hint, (text) => ({ [name]: text.trim() || null }));
}

/**
 * @param {string} label
 * @param {Child} hint
 * @param {string} name
 * @param {string | null} value
 * @param {{value: string, label: string}[]} options an empty value stands for null
 */
export const choiceSetting = (label, hint, name, value, options) => saved(label, select(options, value ?? ""), hint, (text) => ({ [name]: text || null }));
