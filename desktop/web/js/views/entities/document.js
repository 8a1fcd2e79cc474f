// One document: the picture or the text that was read from it, piece by piece.

import { ask, get, sentence } from "../../api.js";
import { button, fill, h, icon, time } from "../../dom.js";
import { plural } from "../../format.js";
import { toast, undoable } from "../../toasts.js";
import { kindOf, size } from "./documents.js";

/** @param {import("../../app.js").App} app @param {string} id @param {import("./page.js").Frame} frame @returns {Promise<import("../../dom.js").Child>} */
export async function documentPage(app, id, frame) {
  const path = `/api/documents/${encodeURIComponent(id)}`;
  const one = /** @type {import("./documents.js").Document} */ (await get(path));
  frame.setTitle(one.name);
  const isImage = one.width !== null;
  const remove = () => {
    app.go("/documents");
    undoable(`Deleted ${one.name}.`, () => void ask("DELETE", path).catch((error) => toast(sentence(error), { isError: true })), () => app.go(`/documents/${id}`));
  };
  return [
    h("div", { class: "entity-head" },
      h("h2", { class: "wrap", dir: "auto" }, one.name),
      h("p", { class: "small muted facts-line" }, h("span", null, kindOf(one)), h("span", null, size(one.sizeBytes)), h("span", null, one.origin === "tool" ? "returned by a tool " : "added ", time(one.createdAt)), one.projectId && h("a", { href: `/projects/${one.projectId}` }, app.projectName(one.projectId) ?? "Its project")),
      h("div", { class: "actions" },
        h("a", { class: "button", href: one.originalUrl, download: one.name }, icon("download"), "Download"),
        button([icon("trash"), "Delete"], remove, { class: "danger" }))),
    one.problem && h("div", { class: "notice neutral" }, icon("triangle-alert"), h("div", { class: "body" }, one.problem)),
    isImage && h("figure", { class: "picture" }, h("img", { src: one.originalUrl, alt: one.name, width: one.width, height: one.height })),
    !isImage && one.state === "ready" && (await textPart(path)),
  ];
}

/** @param {string} path */
async function textPart(path) {
  const text = h("pre", { class: "output document-text", tabindex: 0, role: "region", "aria-label": "Text of the document" });
  const rest = h("div", null);
  const read = async (/** @type {number} */ offset) => {
    const part = await get(`${path}/text?offset=${offset}`);
    text.append(part.text);
    const left = part.totalCharacters - (part.nextOffset ?? part.totalCharacters);
    fill(rest, part.nextOffset !== null && button(`Show more (${plural(left, "character")} left)`, () => void read(part.nextOffset).catch((error) => toast(sentence(error), { isError: true }))));
  };
  await read(0);
  return [text, rest];
}
