// A unified diff in colours, in one column or side by side.

import { fill, h, iconButton } from "../dom.js";

/**
 * @typedef {{kind: "hunk" | "same" | "added" | "removed", old: number | null, new: number | null, text: string}} Line
 */

const MAX_LINES = 2000;
/** How the daemon ends a diff that it has cut. */
const CUT = "\n\\ The diff is longer than";

/**
 * The lines of a unified diff, without its file names.
 * @param {string} diff
 * @returns {Line[]}
 */
export function parseDiff(diff) {
  /** @type {Line[]} */
  const lines = [];
  let before = 0;
  let after = 0;
  let isInHunk = false;
  const texts = diff.split("\n");
  if (texts.at(-1) === "") texts.pop();
  for (const text of texts) {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(text);
    if (hunk) {
      [before, after] = [Number(hunk[1]), Number(hunk[2])];
      isInHunk = true;
      lines.push({ kind: "hunk", old: null, new: null, text });
    } else if (!isInHunk || text.startsWith("\\")) {
      continue;
    } else if (text.startsWith("+")) {
      lines.push({ kind: "added", old: null, new: after++, text: text.slice(1) });
    } else if (text.startsWith("-")) {
      lines.push({ kind: "removed", old: before++, new: null, text: text.slice(1) });
    } else {
      lines.push({ kind: "same", old: before++, new: after++, text: text.slice(1) });
    }
  }
  return lines;
}

/**
 * @param {string} diff
 * @param {(text: string) => import("../dom.js").Child} [show] how the text of a line is shown
 * @returns {HTMLElement}
 */
export function diffView(diff, show = (text) => text) {
  const lines = parseDiff(diff);
  const added = lines.filter((line) => line.kind === "added").length;
  const removed = lines.filter((line) => line.kind === "removed").length;
  const isCut = diff.includes(CUT);
  const table = h("table", null);
  const box = h("div", { class: "diff", tabindex: 0, role: "group", "aria-label": "Changes" }, table);
  let isSplit = localStorage.getItem("stagent.diff") === "split";
  const toggle = iconButton("columns-2", "Side by side", () => {
    isSplit = !isSplit;
    localStorage.setItem("stagent.diff", isSplit ? "split" : "unified");
    draw();
  });
  const draw = () => {
    toggle.setAttribute("aria-pressed", String(isSplit));
    const shown = lines.slice(0, MAX_LINES);
    fill(table, h("tbody", null, isSplit ? splitRows(shown, show) : shown.map((line) => unifiedRow(line, show)), lines.length > MAX_LINES && moreRow(lines.length - MAX_LINES)));
  };
  draw();
  return h(
    "div",
    null,
    h("div", { class: "diff-bar" }, h("span", { class: "plus" }, `+${added}`), h("span", { class: "minus" }, `−${removed}`), h("span", { class: "visually-hidden" }, "lines added and removed"), h("span", { class: "grow muted" }, isCut && "and more: only the beginning is shown"), toggle),
    box,
  );
}

const SIGNS = { added: "+", removed: "−", same: "", hunk: "" };
const WORDS = { added: "added", removed: "removed", same: "", hunk: "" };

/** @param {Line} line @param {(text: string) => import("../dom.js").Child} show */
function unifiedRow(line, show) {
  if (line.kind === "hunk") return h("tr", { class: "hunk" }, h("td", { colspan: 4 }, line.text));
  return h(
    "tr",
    { class: line.kind },
    h("td", { class: "number" }, line.old),
    h("td", { class: "number" }, line.new),
    h("td", { class: "sign" }, SIGNS[line.kind], WORDS[line.kind] && h("span", { class: "visually-hidden" }, WORDS[line.kind])),
    h("td", null, show(line.text)),
  );
}

/** @param {Line[]} lines @param {(text: string) => import("../dom.js").Child} show */
function splitRows(lines, show) {
  const rows = [];
  for (let i = 0; i < lines.length; ) {
    const line = lines[i];
    if (line.kind === "hunk") {
      rows.push(h("tr", { class: "hunk" }, h("td", { colspan: 4 }, line.text)));
      i += 1;
    } else if (line.kind === "same") {
      rows.push(h("tr", null, side(line, line.old, show), side(line, line.new, show)));
      i += 1;
    } else {
      const removed = [];
      const added = [];
      while (lines[i]?.kind === "removed") removed.push(lines[i++]);
      while (lines[i]?.kind === "added") added.push(lines[i++]);
      for (let j = 0; j < Math.max(removed.length, added.length); j += 1) {
        rows.push(h("tr", null, side(removed[j], removed[j]?.old, show), side(added[j], added[j]?.new, show)));
      }
    }
  }
  return rows;
}

/** @param {Line | undefined} line @param {number | null | undefined} number @param {(text: string) => import("../dom.js").Child} show */
function side(line, number, show) {
  if (!line) return [h("td", { class: "number none" }), h("td", { class: "none" })];
  const kind = line.kind === "same" ? "" : line.kind;
  return [h("td", { class: `number ${kind}` }, number), h("td", { class: kind }, show(line.text))];
}

/** @param {number} count */
const moreRow = (count) => h("tr", { class: "hunk" }, h("td", { colspan: 4 }, `${count.toLocaleString("en")} more lines are not shown`));
