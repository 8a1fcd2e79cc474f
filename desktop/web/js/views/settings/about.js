// What this is, where it keeps things, and whose work is in it.

import { get } from "../../api.js";
import { h, icon, time } from "../../dom.js";
import { loaded } from "../loaded.js";

const WAYS = { person: "in a terminal", demand: "when it was needed", service: "by the system, as a service" };

/** @returns {import("../../dom.js").Child} */
export function aboutSection() {
  const notices = (document.body.dataset.icons ?? "").replace("icons.svg", "notices.txt");
  return [
    h("p", { class: "lead" }, "Agents that work in your folders, on this machine, and ask before they change anything."),
    loaded(async () => {
      const about = await get("/api/about");
      return h("dl", { class: "facts-list" },
        fact("Version", about.version),
        fact("Address", h("code", null, about.url)),
        fact("Started", [time(about.startedAt), ` ${WAYS[/** @type {keyof typeof WAYS} */ (about.startedBy)]}, process ${about.pid}`]),
        fact("Data", h("code", { class: "wrap" }, about.dataDirectory)),
        fact("Logs", h("code", { class: "wrap" }, about.logDirectory)));
    }, 5).node,
    h("ul", { class: "links" },
      h("li", null, h("a", { href: "/api/openapi.json", target: "_blank" }, icon("file-text", "small"), "The API, as OpenAPI")),
      h("li", null, h("a", { href: notices, target: "_blank" }, icon("book-open", "small"), "Notices of what the page uses"))),
  ];
}

/** @param {string} label @param {import("../../dom.js").Child} value */
const fact = (label, value) => [h("dt", null, label), h("dd", null, value)];
