// Copies text. The desktop window has a way of its own, since its navigator.clipboard may never settle.

import { toast } from "./toasts.js";

const PATIENCE_MS = 1000;

/** @param {string} text */
export async function copyText(text) {
  try {
    const bridge = /** @type {any} */ (window).pywebview?.api?.copy;
    if (bridge) await bridge(text);
    else await Promise.race([navigator.clipboard.writeText(text), new Promise((_, reject) => setTimeout(reject, PATIENCE_MS))]);
    toast("Copied", { ms: 1500 });
  } catch {
    toast("The text could not be copied: the browser does not allow it here.", { isError: true });
  }
}
