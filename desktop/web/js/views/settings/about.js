// What this is, and where its things lie.

import { get } from "../../api.js";
import { h } from "../../dom.js";
import { loaded } from "./loading.js";

/** @returns {HTMLElement} */
export function aboutSection() {
  const part = loaded(async () => {
    const { version } = await get("/healthz");
    const base = document.body.dataset.icons?.replace("icons.svg", "") ?? "";
    return h(
      "section",
      { class: "card" },
      h("h3", null, `stagent ${version}`),
      h("p", { class: "muted" }, "A daemon on this machine runs your agents and remembers your conversations. Nothing leaves the machine but the calls to the model that you chose."),
      h("dl", { class: "facts-list" }, fact("Address", location.origin), fact("Commands", "stagent status, stagent stop, stagent chat")),
      h("p", null, h("a", { href: "/api/openapi.json", target: "_blank" }, "The API of the daemon"), " · ", h("a", { href: `${base}notices.txt`, target: "_blank" }, "Licences of what it uses")),
    );
  });
  return part.node;
}

/** @param {string} name @param {string} value */
const fact = (name, value) => h("div", null, h("dt", null, name), h("dd", null, h("code", null, value)));
