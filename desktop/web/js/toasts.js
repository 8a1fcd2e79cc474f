// Short notices at the edge of the window; those that offer to undo stay for ten seconds.

import { button, fill, h, icon, iconButton } from "./dom.js";

const SHORT_MS = 5000;
const UNDO_MS = 10_000;

/**
 * @param {string} text
 * @param {{isError?: boolean, action?: {label: string, run: () => void}, ms?: number, onExpire?: () => void}} [options]
 * @returns {() => void} takes it away, without `onExpire`
 */
export function toast(text, { isError = false, action, ms = SHORT_MS, onExpire } = {}) {
  const region = /** @type {HTMLElement} */ (document.getElementById("toasts"));
  const close = () => {
    clearTimeout(timer);
    node.remove();
  };
  const node = h("div", { class: isError ? "toast danger" : "toast", role: isError ? "alert" : "status" });
  fill(
    node,
    icon(isError ? "circle-alert" : "info"),
    h("span", { class: "grow" }, text),
    action && button(action.label, () => {
      close();
      action.run();
    }, { class: "quiet" }),
    iconButton("x", "Dismiss", () => {
      close();
      onExpire?.();
    }),
  );
  const timer = setTimeout(() => {
    close();
    onExpire?.();
  }, ms);
  region.append(node);
  while (region.childElementCount > 4) region.firstElementChild?.remove();
  return close;
}

/** @type {Set<() => void>} */
const delayed = new Set();
addEventListener("pagehide", () => delayed.forEach((run) => run()));

/**
 * Does something in ten seconds, unless it is undone.
 * @param {string} text what has happened, as far as the person is concerned
 * @param {() => void} run
 * @param {() => void} undo
 */
export function undoable(text, run, undo) {
  const carryOut = () => {
    delayed.delete(carryOut);
    run();
  };
  delayed.add(carryOut);
  toast(text, {
    ms: UNDO_MS,
    onExpire: carryOut,
    action: {
      label: "Undo",
      run: () => {
        delayed.delete(carryOut);
        undo();
      },
    },
  });
}
