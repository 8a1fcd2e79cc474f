// A conversation as a Markdown file.

import { page } from "./api.js";
import { ofRow } from "./state/requests.js";
import { outcomeOf } from "./views/resolved.js";

/** @typedef {import("./types.js").Message} Message */

/**
 * Saves all messages of the current branch.
 * @param {string} path of the conversation in the API
 * @param {string} title
 */
export async function exportMarkdown(path, title) {
  const texts = [`# ${title}\n`];
  /** @type {string | null} */
  let next = `${path}/messages?limit=1000`;
  while (next) {
    const found = await page(next);
    texts.push(...found.rows.map(toMarkdown));
    next = found.next;
  }
  const url = URL.createObjectURL(new Blob([texts.join("\n")], { type: "text/markdown" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${title.replace(/[^\p{L}\p{N} ._-]+/gu, "").trim().slice(0, 80) || "conversation"}.md`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** @param {Message} row */
function toMarkdown(row) {
  if (row.role === "user") return `## You\n\n${row.content}\n`;
  if (row.role === "system") return `> ${noteOf(row).replace(/\n/g, "\n> ")}\n`;
  const calls = (row.metadata?.toolCalls ?? []).map((/** @type {any} */ call) => `- ${call.toolName} ${call.summary}`).join("\n");
  return `## Agent\n\n${calls ? `${calls}\n\n` : ""}${row.content}\n`;
}

/** What was asked, and what became of it. @param {Message} row */
function noteOf(row) {
  const request = ofRow(row);
  if (!request) return row.content;
  const answers = Object.values(request.answers ?? {}).join(", ");
  const end = request.outcome === null ? "Waits for an answer" : outcomeOf(request);
  return `${request.kind === "question" ? "Question" : `Request, ${request.toolName}`}: ${row.content} (${end}${answers && `: ${answers}`}${request.message ? `: ${request.message}` : ""})`;
}
