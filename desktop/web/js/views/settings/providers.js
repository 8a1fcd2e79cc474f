// Who answers: the providers, how each is connected, and which is taken when nothing else is said.

import { get } from "../../api.js";
import { button, fill, h, icon } from "../../dom.js";
import { loadCatalogue, catalogue } from "../../models.js";
import { plural } from "../../format.js";
import { chip } from "../chip.js";
import { keyForm, removeKey } from "../connect.js";
import { loaded } from "../loaded.js";
import { otherAgents } from "../other-agents.js";
import { withCode } from "../with-code.js";
import { choiceSetting, textSetting } from "./saved-setting.js";

/**
 * @typedef {import("../../app.js").App} App
 * @typedef {import("../../types.js").Runtime} Runtime
 */

/** @returns {import("../../dom.js").Child} */
export function providersSection() {
  const list = loaded(async () => {
    const [settings] = await Promise.all([get("/api/settings"), loadCatalogue()]);
    const known = catalogue.value ?? { models: [], runtimes: [] };
    const usable = known.runtimes.filter((one) => one.signedIn);
    return [
      h("ul", { class: "cards", "aria-label": "Providers" }, known.runtimes.map((runtime) => card(runtime, known.models, list.reload))),
      otherAgents(known.runtimes),
      h("div", { class: "form" },
        choiceSetting("New conversations use", "Each conversation can choose another one.", "defaultRuntimeId", settings.defaultRuntimeId, [{ value: "", label: "The first that is connected" }, ...usable.map((one) => ({ value: one.id, label: one.label }))]),
        textSetting("Server in Ollama's place", "The address of any server that speaks OpenAI's API, such as LM Studio, llama.cpp or vLLM, ending in /v1. Empty for Ollama.", "openaiCompatibleUrl", settings.openaiCompatibleUrl, "http://127.0.0.1:1234/v1")),
    ];
  }, 8);
  return [
    h("div", { class: "lead-line" }, h("p", { class: "lead" }, "Keys are kept in this system's keyring, and are never shown again."), button([icon("refresh-cw"), "Look again"], () => void list.reload())),
    list.node,
  ];
}

/**
 * @param {Runtime} runtime
 * @param {import("../../types.js").Model[]} models
 * @param {() => Promise<void>} changed
 */
function card(runtime, models, changed) {
  const mine = models.filter((model) => model.runtimeId === runtime.id && model.available);
  const isKeyed = ["anthropic", "openai"].includes(runtime.provider);
  return h(
    "li",
    { class: "card" },
    h("div", { class: "card-head" },
      icon(runtime.provider === "offline" ? "terminal" : runtime.provider === "ollama" ? "monitor" : "sparkles"),
      h("h3", null, runtime.label),
      runtime.version && h("span", { class: "muted small" }, runtime.version),
      h("span", { class: "grow" }),
      runtime.signedIn ? chip(runtime.provider === "offline" ? "Always there" : "Connected", "ok", "circle-check") : chip("Not connected", "neutral", "circle-dashed")),
    runtime.signedIn && runtime.provider !== "offline" && h("p", { class: "muted" }, mine.length > 0 ? [plural(mine.length, "model"), ": ", mine.slice(0, 4).map((model) => model.label).join(", "), mine.length > 4 && "…"] : "It lists no models."),
    runtime.provider === "offline" && h("p", { class: "muted" }, "Reads, searches, runs and edits at your word, without a language model."),
    !runtime.signedIn && runtime.whyNot && h("p", { class: "muted wrap" }, withCode(runtime.whyNot)),
    isKeyed && (runtime.signedIn ? keyActions(runtime, changed) : keyForm(runtime, changed)),
  );
}

/** @param {Runtime} runtime @param {() => Promise<void>} changed */
function keyActions(runtime, changed) {
  const node = h("div", { class: "actions" });
  fill(node,
    button("Use another key…", () => {
      const form = keyForm(runtime, changed);
      node.replaceWith(form);
      form.querySelector("input")?.focus();
    }),
    button("Remove the key", () => void removeKey(runtime).then(changed), { class: "danger" }));
  return node;
}
