// Chooses the model: by provider, with tier, cost, and the way to connect those that cannot be used yet.

import { sentence } from "../api.js";
import { fill, h, icon } from "../dom.js";
import { openMenu } from "../menus.js";
import { catalogue, loadCatalogue, modelLabel } from "../models.js";
import { toast } from "../toasts.js";

/**
 * @typedef {import("../types.js").Model} Model
 * @typedef {{runtimeId: string, modelId: string | null}} Choice
 */

const PROVIDERS = { anthropic: "Anthropic", openai: "OpenAI", ollama: "On this machine", offline: "Without a model" };

export class ModelPicker {
  /** @param {(model: Model) => void} onChoose @param {(path: string) => void} go */
  constructor(onChoose, go) {
    this._onChoose = onChoose;
    this._go = go;
    /** @type {Choice | null} */
    this._choice = null;
    this.node = h("button", { type: "button", class: "button quiet picker", "aria-haspopup": "menu", "aria-expanded": "false", on: { click: () => this.open() } });
    this._stop = catalogue.watch(() => this._draw());
  }

  /** Stops watching the catalogue. */
  close() {
    this._stop();
  }

  /** @param {Choice} choice */
  show(choice) {
    this._choice = choice;
    this._draw();
  }

  /** Opens the menu. */
  open() {
    const known = catalogue.value;
    if (!known) {
      loadCatalogue().then(() => this.open(), (error) => toast(sentence(error), { isError: true }));
      return;
    }
    /** @type {import("../menus.js").Entry[]} */
    const entries = [];
    for (const [provider, label] of Object.entries(PROVIDERS)) {
      const models = known.models.filter((model) => model.provider === provider);
      if (models.length === 0) continue;
      const runtime = known.runtimes.find((one) => one.provider === provider);
      const isMissing = models.every((model) => !model.available);
      entries.push({ group: isMissing ? `${label}, not connected` : label });
      for (const model of models) {
        entries.push({
          label: model.label,
          end: provider === "offline" ? model.costLabel : `${model.tier} · ${model.costLabel}`,
          isChecked: this._isChosen(model),
          isDisabled: !model.available,
          run: () => this._onChoose(model),
        });
      }
      if (isMissing && runtime) entries.push({ label: `Connect ${runtime.label}…`, hint: runtime.whyNot?.replaceAll("`", "") ?? undefined, run: () => this._go("/settings/providers") });
    }
    openMenu(this.node, entries);
  }

  /** @param {Model} model */
  _isChosen(model) {
    if (!this._choice || model.runtimeId !== this._choice.runtimeId) return false;
    return this._choice.modelId === null ? model.runtimeId === "offline" : model.id === this._choice.modelId;
  }

  _draw() {
    const label = this._choice ? modelLabel(catalogue.value, this._choice.modelId, this._choice.runtimeId) : "Model";
    const model = catalogue.value?.models.find((one) => this._isChosen(one));
    this.node.setAttribute("aria-label", `Model: ${label}`);
    fill(this.node, h("span", { class: "truncate" }, label), model && model.runtimeId !== "offline" && h("span", null, model.costLabel), icon("chevron-down", "small"));
  }
}
