// Which models there are, and which one a new conversation takes.

import { get } from "./api.js";
import { Store } from "./store.js";

/**
 * @typedef {import("./types.js").Model} Model
 * @typedef {import("./types.js").Runtime} Runtime
 * @typedef {{models: Model[], runtimes: Runtime[]}} Catalogue
 */

const LAST = "stagent.model";

/** @type {Store<Catalogue | null>} */
export const catalogue = new Store(/** @type {Catalogue | null} */ (null));

/** Reads the catalogue again. */
export async function loadCatalogue() {
  const [models, runtimes] = await Promise.all([get("/api/chat/models?all=1"), get("/api/runtimes")]);
  catalogue.set({ models, runtimes });
}

/** @param {Catalogue | null} known @param {string | null} id @param {string} runtimeId @returns {string} */
export function modelLabel(known, id, runtimeId) {
  const model = known?.models.find((one) => (id === null ? one.runtimeId === runtimeId : one.id === id));
  if (id === null) return known?.runtimes.find((one) => one.id === runtimeId)?.label ?? runtimeId;
  return model?.label ?? id;
}

/** @param {Model} model */
export function remember(model) {
  localStorage.setItem(LAST, model.id);
}

/**
 * What a new conversation starts with: the model used last if it is there, else the daemon's choice.
 * @param {Catalogue} known
 * @returns {{runtimeId: string, modelId: string | null}}
 */
export function defaultChoice(known) {
  const last = localStorage.getItem(LAST);
  const model = known.models.find((one) => one.id === last && one.available);
  if (model) return { runtimeId: model.runtimeId, modelId: model.runtimeId === "offline" ? null : model.id };
  const runtime = known.runtimes.find((one) => one.isDefault) ?? known.runtimes.find((one) => one.signedIn);
  return { runtimeId: runtime?.id ?? "offline", modelId: null };
}

/** Whether only the offline tools can be used. @param {Catalogue} known */
export const isOffline = (known) => known.runtimes.every((one) => one.id === "offline" || !one.signedIn);
