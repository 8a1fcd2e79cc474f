// What the daemon is asked for first: a skeleton, then the content, or what went wrong and a button to try again.

import { sentence } from "../api.js";
import { button, fill, h, icon } from "../dom.js";

/**
 * @typedef {import("../dom.js").Child} Child
 * @typedef {{node: HTMLElement, reload: () => Promise<void>}} Loaded
 */

/**
 * @param {() => Promise<Child>} load what is shown; it may be called again
 * @param {number} [lines] how high the skeleton is
 * @returns {Loaded} `reload` keeps the old content until the new one is there
 */
export function loaded(load, lines = 4) {
  const node = h("div", { class: "loaded", "aria-busy": "true" }, Array.from({ length: lines }, () => h("div", { class: "skeleton" })));
  let asked = 0;
  const reload = async () => {
    asked += 1;
    const mine = asked;
    try {
      const content = await load();
      if (mine === asked) fill(node, content);
    } catch (error) {
      if (mine === asked) fill(node, failure(error, () => void reload()));
    } finally {
      if (mine === asked) node.removeAttribute("aria-busy");
    }
  };
  void reload();
  return { node, reload };
}

/** @param {unknown} error @param {() => void} again */
const failure = (error, again) =>
  h("div", { class: "notice danger", role: "alert" }, icon("circle-alert"), h("div", { class: "body" }, h("span", null, sentence(error)), h("div", { class: "actions" }, button("Try again", again))));
