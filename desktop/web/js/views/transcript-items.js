// What a transcript is made of besides answers: small pieces without a state of their own.

import { documentOf } from "../documents.js";
import { fill, h, icon, iconButton, time } from "../dom.js";

/**
 * @typedef {import("../types.js").Message} Message
 * @typedef {import("../types.js").Request} Request
 * @typedef {import("../state/transcript.js").Transcript} Transcript
 */

/**
 * Under which answer each request is shown: the last one before it.
 * @param {Transcript} state
 * @returns {Map<string, Request[]>} by the answer's id
 */
export function ownersOf(state) {
  /** @type {Map<string, Request[]>} */
  const owners = new Map();
  const given = new Set();
  const add = (/** @type {string} */ id, /** @type {Request} */ request) => {
    owners.set(id, [...(owners.get(id) ?? []), request]);
    given.add(request.id);
  };
  let answer = "";
  for (const row of state.rows) {
    if (row.role === "assistant") answer = row.id;
    const request = state.requests[row.id];
    if (request && answer) add(answer, request);
  }
  const live = state.live?.messageId ?? "live";
  for (const request of Object.values(state.requests)) if (!given.has(request.id)) add(live, request);
  return owners;
}

/** What a person wrote. @param {Message} row @param {import("./transcript.js").TranscriptActions} actions */
export function userItem(row, actions) {
  const more = iconButton("ellipsis", "More for this message", () => actions.more(row, more), { "aria-haspopup": "menu" });
  return h(
    "article",
    { class: "item user-item settled", "aria-label": "Your message", data: { message: row.id } },
    h("div", { class: "bubble", dir: "auto" }, withMentions(row)),
    attachmentsOf(row),
    h(
      "div",
      { class: "item-actions" },
      row.pinned && h("span", { class: "chip neutral" }, icon("pin", "small"), "Pinned"),
      h("span", { class: "facts" }, time(row.createdAt)),
      actions.siblings(row),
      iconButton("copy", "Copy message", () => actions.copy(row.content)),
      iconButton("pencil", "Edit message", () => actions.edit(row)),
      more,
    ),
  );
}

/** The text, with the names of what it mentions set off. @param {Message} row */
function withMentions(row) {
  /** @type {string[]} */
  const labels = (row.metadata?.mentions ?? []).map((/** @type {any} */ mention) => `@${mention.label}`);
  const found = labels.sort((a, b) => b.length - a.length).map((label) => label.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (found.length === 0) return row.content;
  const pieces = row.content.split(new RegExp(`(${found.join("|")})`, "u"));
  return pieces.map((piece, index) => (index % 2 === 1 ? h("span", { class: "mention" }, piece) : piece));
}

/** @param {Message} row */
function attachmentsOf(row) {
  const ids = row.metadata?.attachments ?? [];
  if (ids.length === 0) return null;
  return h("div", { class: "quick-access" }, ids.map((/** @type {string} */ id) => {
    const name = h("span", { class: "truncate" }, "Attachment");
    const pill = h("a", { class: "pill", href: `/documents/${id}` }, icon("paperclip", "small"), name);
    void documentOf(id).then((document) => {
      if (!document) return;
      name.textContent = document.name;
      if (document.thumbnailUrl) pill.firstElementChild?.replaceWith(h("img", { src: document.thumbnailUrl, alt: "", width: 22, height: 22 }));
    });
    return pill;
  }));
}

/** @param {string} content */
export const pendingItem = (content) => h("article", { class: "item user-item is-pending", "aria-label": "Your message, being sent" }, h("div", { class: "bubble", dir: "auto" }, content), h("div", { class: "item-actions" }));

/** @param {Message} row */
export function compactionItem(row) {
  const data = row.metadata ?? {};
  const details = h("details", null, h("summary", null, "Earlier messages were summarised for the model"), h("p", null, data.summary ?? row.content));
  return h("div", { class: "item notice neutral settled" }, icon("archive"), h("div", { class: "body" }, details));
}

/**
 * Grey lines while the first messages load.
 * @returns {HTMLElement}
 */
export function skeleton() {
  const node = h("div", { class: "item", "aria-hidden": "true" });
  fill(node, [1, 2, 3].map(() => h("div", { class: "skeleton" })));
  return node;
}
