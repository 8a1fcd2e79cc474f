// Whether the browser tells when a conversation needs the person and nobody looks at the page.

import { button, fill, h } from "../../dom.js";
import { isOn, isPossible, turnOff, turnOn } from "../../notices.js";

/** @returns {HTMLElement} */
export function notificationsSection() {
  const node = h("section", { class: "card" });
  const draw = () => {
    const [text, action] = !isPossible() ? ["This browser shows no notifications.", null]
      : isOn() ? ["This browser tells you when an agent needs you, or when a long answer is done, while you look elsewhere.", button("Turn off", () => change(turnOff))]
      : Notification.permission === "denied" ? ["This browser was told not to show notifications of this page. Allow them in the settings of the site first.", null]
      : ["Be told when an agent needs you, or when a long answer is done, while you look elsewhere.", button("Turn on", () => change(turnOn))];
    fill(node, h("h3", null, "While you look elsewhere"), h("p", { class: "muted" }, text), action && h("div", null, action));
  };
  const change = async (/** @type {() => unknown} */ run) => {
    await run();
    draw();
  };
  draw();
  return node;
}
