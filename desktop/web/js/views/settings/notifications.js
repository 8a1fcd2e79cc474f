// Whether a person is told that a conversation needs them while nobody looks at the page: by the browser, or by the window.

import { ask, get, sentence } from "../../api.js";
import { button, fill, h } from "../../dom.js";
import { isInWindow, isOn, isPossible, turnOff, turnOn } from "../../notices.js";

const WHAT = "when an agent needs you, or when a long answer is done, while you look elsewhere.";

/** @returns {HTMLElement} */
export function notificationsSection() {
  const node = h("section", { class: "card" });
  const draw = (/** @type {string} */ text, /** @type {HTMLElement | null} */ action = null) =>
    fill(node, h("h3", null, "While you look elsewhere"), h("p", { class: "muted" }, text), action && h("div", null, action));
  if (isInWindow()) void ofWindow(draw);
  else ofBrowser(draw);
  return node;
}

/** @typedef {(text: string, action?: HTMLElement | null) => void} Draw */

/** @param {Draw} draw */
function ofBrowser(draw) {
  const change = async (/** @type {() => unknown} */ run) => {
    await run();
    ofBrowser(draw);
  };
  if (!isPossible()) draw("This browser shows no notifications.");
  else if (isOn()) draw(`This browser tells you ${WHAT}`, button("Turn off", () => change(turnOff)));
  else if (Notification.permission === "denied") draw("This browser was told not to show notifications of this page. Allow them in the settings of the site first.");
  else draw(`Be told ${WHAT}`, button("Turn on", () => change(turnOn)));
}

/** @param {Draw} draw */
async function ofWindow(draw) {
  const name = "windowNotifications";
  try {
    const show = (/** @type {Record<string, unknown>} */ settings) => {
      const isWanted = settings[name] === true;
      const change = () => ask("PATCH", "/api/settings", { [name]: !isWanted }).then(show, (error) => draw(sentence(error)));
      if (isWanted) draw(`The system tells you ${WHAT}`, button("Turn off", change));
      else draw(`Be told ${WHAT}`, button("Turn on", change));
    };
    show(await get("/api/settings"));
  } catch (error) {
    draw(sentence(error));
  }
}
