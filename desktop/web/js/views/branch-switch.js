// Arrows to the alternatives of a message: what it was before it was changed or answered again.

import { h, iconButton } from "../dom.js";

/**
 * @param {import("../types.js").Message} message
 * @param {(branchId: string) => void} go
 * @returns {Node | null} null where there is only one
 */
export function branchSwitch(message, go) {
  const { siblings } = message;
  if (siblings.length < 2) return null;
  const at = siblings.findIndex((one) => one.messageId === message.id);
  return h(
    "span",
    { class: "branch-switch", role: "group", "aria-label": "Versions" },
    iconButton("chevron-left", "Earlier version", () => go(siblings[at - 1].branchId), { disabled: at === 0 }),
    `${at + 1} / ${siblings.length}`,
    iconButton("chevron-right", "Later version", () => go(siblings[at + 1].branchId), { disabled: at === siblings.length - 1 }),
  );
}
