// Connects a provider in place: the key goes to the daemon, which keeps it in the system's keyring.

import { ask, sentence } from "../api.js";
import { button, h, icon } from "../dom.js";
import { InputError, field, form, input } from "../forms.js";
import { catalogue, loadCatalogue } from "../models.js";
import { toast } from "../toasts.js";
import { withCode } from "./with-code.js";

/** @typedef {import("../types.js").Runtime} Runtime */

/** Where a provider gives out keys. @type {Record<string, {address: string, begins: string}>} */
const KEYS = {
  anthropic: { address: "https://console.anthropic.com/settings/keys", begins: "sk-ant-…" },
  openai: { address: "https://platform.openai.com/api-keys", begins: "sk-…" },
};

/**
 * A field for the key of a provider that has one.
 * @param {Runtime} runtime
 * @param {() => unknown} onConnected
 */
export function keyForm(runtime, onConnected) {
  const known = KEYS[runtime.provider];
  const key = input({ type: "password", class: "mono", placeholder: known?.begins ?? "", spellcheck: "false", autocomplete: "off", maxlength: 1000 });
  return form(
    field(`API key for ${runtime.label}`, key, known && ["Made at ", h("a", { href: known.address, target: "_blank", rel: "noreferrer" }, new URL(known.address).host), ". It goes into this system's keyring."]),
    "Connect",
    async () => {
      if (!key.value.trim()) throw new InputError("Paste the key first.");
      await ask("PUT", `/api/providers/${runtime.provider}/key`, { key: key.value.trim() });
      key.value = "";
      await loadCatalogue();
      toast(`${runtime.label} is connected.`);
      onConnected();
    },
    { label: `Connect ${runtime.label}`, class: "in-line" },
  );
}

/**
 * The providers that are not connected, each with what connects it.
 * @param {Runtime[]} runtimes
 * @param {() => unknown} onConnected
 */
export function connectList(runtimes, onConnected) {
  const missing = runtimes.filter((one) => one.id !== "offline" && !one.signedIn);
  return h("ul", { class: "connect-list", "aria-label": "Providers" }, missing.map((runtime) => {
    const panel = h("div", { hidden: true });
    const isKeyed = runtime.provider in KEYS;
    const open = button(isKeyed ? "Connect" : "Look again", () => {
      if (!isKeyed) {
        void lookAgain(runtime, onConnected);
        return;
      }
      if (panel.childElementCount === 0) panel.append(keyForm(runtime, onConnected));
      panel.hidden = !panel.hidden;
      open.setAttribute("aria-expanded", String(!panel.hidden));
      panel.querySelector("input")?.focus();
    }, { "aria-label": `${isKeyed ? "Connect" : "Look again for"} ${runtime.label}`, "aria-expanded": isKeyed ? "false" : null });
    return h("li", null, h("div", { class: "connect-line" }, icon(isKeyed ? "key-round" : "monitor"), h("span", { class: "entry-text" }, h("strong", null, runtime.label), h("small", null, isKeyed ? "With an API key, paid by use" : withCode(runtime.whyNot ?? "Models on this machine"))), open), panel);
  }));
}

/** @param {Runtime} runtime @param {() => unknown} onConnected */
async function lookAgain(runtime, onConnected) {
  try {
    await loadCatalogue();
    const isFound = catalogue.value?.runtimes.some((one) => one.id === runtime.id && one.signedIn);
    toast(isFound ? `${runtime.label} was found.` : `${runtime.label} was not found.`);
    if (isFound) onConnected();
  } catch (error) {
    toast(sentence(error), { isError: true });
  }
}

/** Takes a provider's key out of the keyring. @param {Runtime} runtime */
export async function removeKey(runtime) {
  try {
    await ask("DELETE", `/api/providers/${runtime.provider}/key`);
    await loadCatalogue();
    const isStillThere = catalogue.value?.runtimes.some((one) => one.id === runtime.id && one.signedIn);
    toast(isStillThere ? `${runtime.label} still has a key, from the daemon's environment.` : `The key of ${runtime.label} is gone from the keyring.`);
  } catch (error) {
    toast(sentence(error), { isError: true });
  }
}
