// Which models can be used, and what connects the others.

import { ask, sentence } from "../../api.js";
import { button, h, icon, uniqueId } from "../../dom.js";
import { catalogue, loadCatalogue } from "../../models.js";
import { toast } from "../../toasts.js";
import { loaded } from "./loading.js";

/** @typedef {import("../../types.js").Runtime} Runtime */

const KEYED = { anthropic: "console.anthropic.com", openai: "platform.openai.com" };

/** @returns {HTMLElement} */
export function providersSection() {
  const part = loaded(async () => {
    await loadCatalogue();
    const { runtimes, models } = /** @type {import("../../models.js").Catalogue} */ (catalogue.value);
    return runtimes.map((runtime) => card(runtime, models.filter((model) => model.runtimeId === runtime.id && model.available).length, () => void part.reload()));
  });
  return part.node;
}

/** @param {Runtime} runtime @param {number} count of its models @param {() => void} onChange */
function card(runtime, count, onChange) {
  const isOffline = runtime.id === "offline";
  const state = runtime.signedIn
    ? h("span", { class: "chip ok" }, icon("check", "small"), isOffline ? "Always there" : "Connected")
    : h("span", { class: "chip neutral" }, icon("circle-dashed", "small"), "Not connected");
  return h(
    "section",
    { class: "card" },
    h("div", { class: "card-head" }, h("h3", null, runtime.label), state),
    runtime.whyNot && h("p", { class: "muted" }, plain(runtime.whyNot)),
    runtime.signedIn && !isOffline && h("p", { class: "muted" }, [count > 0 && `${count} models`, runtime.version && `version ${runtime.version}`].filter(Boolean).join(" · ")),
    runtime.provider in KEYED && keyForm(runtime, onChange),
  );
}

/** @param {Runtime} runtime @param {() => void} onChange */
function keyForm(runtime, onChange) {
  const id = uniqueId("key");
  const input = h("input", { class: "input mono", id, type: "password", autocomplete: "off", spellcheck: "false" });
  const problem = h("p", { class: "problem-line", role: "alert", hidden: true });
  const path = `/api/providers/${runtime.provider}/key`;
  const keep = async (/** @type {string} */ method, /** @type {unknown} */ body, /** @type {string} */ done) => {
    problem.hidden = true;
    try {
      await ask(method, path, body);
      toast(done);
      onChange();
    } catch (error) {
      problem.textContent = sentence(error);
      problem.hidden = false;
    }
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (input.value.trim()) void keep("PUT", { key: input.value.trim() }, `${runtime.label} is connected`);
  };
  const where = /** @type {Record<string, string>} */ (KEYED)[runtime.provider];
  return h(
    "form",
    { class: "field", on: { submit } },
    h("label", { class: "label", for: id }, runtime.signedIn ? "Another API key" : "API key"),
    h("div", { class: "row" }, input, h("button", { type: "submit", class: "button" }, "Save"), runtime.signedIn && button("Remove", () => void keep("DELETE", undefined, "The key is removed"), { class: "quiet" })),
    h("span", { class: "hint" }, `Made at ${where}. It goes into this system's keyring, and nowhere else.`),
    problem,
  );
}

/** @param {string} text with commands in back-quotes */
const plain = (text) => text.split("`").map((piece, index) => (index % 2 === 1 ? h("code", null, piece) : piece));
