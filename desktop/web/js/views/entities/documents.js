// All documents: files that people gave and images that tools returned; found by their words, and added here.

import { ask, page, sentence } from "../../api.js";
import { button, h, icon, time } from "../../dom.js";
import { input } from "../../forms.js";
import { toast } from "../../toasts.js";
import { chip } from "../chip.js";
import { loaded } from "../loaded.js";
import { moreButton } from "./tasks.js";

/**
 * @typedef {{id: string, name: string, mediaType: string, sizeBytes: number, origin: string, projectId: string | null,
 *   state: "ready" | "failed", problem: string | null, width: number | null, height: number | null, originalUrl: string,
 *   thumbnailUrl: string | null, createdAt: string}} Document
 */

const PAGE = 50;
const PAUSE_MS = 200;

/** @param {import("../../app.js").App} app @param {import("./page.js").Frame} frame @returns {Promise<import("../../dom.js").Child>} */
export async function documentsPage(app, frame) {
  const search = input({ type: "search", placeholder: "Words in the name or the text", "aria-label": "Search documents" });
  const list = loaded(async () => {
    const words = search.value.trim();
    const { rows, next } = await page(`/api/documents?limit=${PAGE}${words && `&q=${encodeURIComponent(words)}`}`);
    if (rows.length === 0) return h("div", { class: "nothing" }, icon("file-text"), h("p", null, words ? "No document holds these words." : "Files that you attach to a message, and images that tools return, are kept here. Mention them with @."));
    const node = h("ul", { class: "entries", "aria-label": "Documents" }, rows.map((/** @type {Document} */ one) => row(app, one)));
    return [node, next && moreButton(next, (more) => node.append(...more.map((one) => row(app, one))))];
  });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;
  search.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(() => void list.reload(), PAUSE_MS);
  });
  frame.onClose(() => clearTimeout(pause));
  const files = h("input", { type: "file", multiple: true, hidden: true });
  const add = button([icon("upload"), "Add files"], () => files.click());
  files.addEventListener("change", async () => {
    const form = new FormData();
    for (const file of files.files ?? []) form.append("file", file);
    files.value = "";
    add.disabled = true;
    try {
      await ask("POST", "/api/documents", form);
      await list.reload();
    } catch (error) {
      toast(sentence(error), { isError: true });
    } finally {
      add.disabled = false;
    }
  });
  return [h("div", { class: "lead-line" }, h("div", { class: "grow" }, search), add, files), list.node];
}

/** @param {import("../../app.js").App} app @param {Document} one */
const row = (app, one) =>
  h("li", null,
    picture(one),
    h("div", { class: "entry-text" }, h("a", { href: `/documents/${one.id}`, dir: "auto" }, one.name), h("small", null, [kindOf(one), size(one.sizeBytes), app.projectName(one.projectId)].filter(Boolean).join(" · "), " · ", time(one.createdAt))),
    one.state === "failed" && chip("Not readable", "warn", "triangle-alert"));

/** @param {Document} one */
function picture(one) {
  if (one.thumbnailUrl === null) return icon("file-text");
  const node = h("img", { class: "tiny-picture", src: one.thumbnailUrl, alt: "", loading: "lazy" });
  node.addEventListener("error", () => node.replaceWith(icon("image")));
  return node;
}

/** @param {Document} one */
export const kindOf = (one) => (one.width !== null && one.height !== null ? `${one.mediaType}, ${one.width} × ${one.height}` : one.mediaType);

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
