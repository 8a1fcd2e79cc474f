// A part of a section that is read from the daemon.

import { sentence } from "../../api.js";
import { button, fill, h, icon } from "../../dom.js";

/**
 * What was there stays until the new content has come; a failure says so and offers to try again.
 * @param {() => Promise<import("../../dom.js").Child>} load
 * @returns {{node: HTMLElement, reload: () => Promise<void>}}
 */
export function loaded(load) {
  const node = h("div", { class: "loaded" }, h("div", { class: "skeleton" }), h("div", { class: "skeleton" }));
  const reload = async () => {
    try {
      fill(node, await load());
    } catch (error) {
      fill(node, h("div", { class: "notice danger", role: "alert" }, icon("circle-alert"), h("div", { class: "body" }, sentence(error), h("div", { class: "actions" }, button("Try again", () => void reload())))));
    }
  };
  void reload();
  return { node, reload };
}
