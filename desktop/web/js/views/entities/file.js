// A file in a conversation's working directory, as it is now.

import { CONVERSATIONS, get } from "../../api.js";
import { copyText } from "../../clipboard.js";
import { button, h, icon } from "../../dom.js";
import { placeName } from "../../places.js";
import { shown } from "../shown.js";

/** @param {import("../../app.js").App} app @param {string} id of the conversation @param {import("./page.js").Frame} frame @returns {Promise<import("../../dom.js").Child>} */
export async function filePage(app, id, frame) {
  const conversation = encodeURIComponent(id);
  const file = await get(`${CONVERSATIONS}/${conversation}/files?path=${encodeURIComponent(frame.path)}`);
  const name = file.path.split("/").at(-1);
  frame.setTitle(name);
  return [
    h("div", { class: "entity-head" },
      h("h2", { class: "wrap" }, shown(name)),
      h("p", { class: "small muted facts-line" }, h("span", { class: "mono wrap" }, shown(placeName(`${file.directory}/${file.path}`))), file.size && h("span", null, file.size)),
      h("div", { class: "actions" },
        h("a", { class: "button", href: `/conversations/${conversation}` }, icon("message-square"), "Open the conversation"),
        button([icon("copy"), "Copy the path"], () => void copyText(`${file.directory}/${file.path}`), { class: "quiet" }),
        button([icon("refresh-cw"), "Read again"], () => void frame.reload(), { class: "quiet" }))),
    file.problem && h("div", { class: "notice neutral" }, icon("info"), h("div", { class: "body" }, file.problem)),
    file.text !== null && h("pre", { class: "output wide document-text", tabindex: 0, role: "region", "aria-label": "Text of the file" }, file.text),
    file.text !== null && !file.isWhole && h("p", { class: "hint" }, "The file goes on; only its start is shown."),
  ];
}
