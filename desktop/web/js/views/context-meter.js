// How full the model's window is: a ring that opens to the parts of the context.

import { get } from "../api.js";
import { button, fill, h, icon } from "../dom.js";
import { tokens } from "../format.js";
import { openDialog } from "../menus.js";

/**
 * @typedef {{
 *   windowTokens: number, answerTokens: number, compactAtTokens: number, usedTokens: number,
 *   reportedTokens: number | null, parts: {name: string, tokens: number, budgetTokens: number | null}[], problems: string[],
 * }} Context
 */

const SVG = "http://www.w3.org/2000/svg";
const RADIUS = 6;
const ROUND = 2 * Math.PI * RADIUS;
const HIGH = 0.8;
const NAMES = { system: "Identity and rules", project: "Project and instructions", mentions: "Mentions and moment", tools: "Tools", summary: "Summary of earlier messages", history: "Conversation" };

export class ContextMeter {
  /**
   * @param {string} path of the conversation in the API
   * @param {() => void} onCompact
   */
  constructor(path, onCompact) {
    this._path = path;
    this._onCompact = onCompact;
    /** @type {Context | null} */
    this._context = null;
    this.node = h("button", { type: "button", class: "icon-button meter", hidden: true, on: { click: () => this._open() } });
  }

  /** Asks anew. A meter is a help: where it cannot be read, there is none. */
  async refresh() {
    try {
      this._context = await get(`${this._path}/context`);
    } catch {
      this._context = null;
    }
    this._draw();
  }

  _draw() {
    const context = this._context;
    this.node.hidden = context === null;
    if (!context) return;
    const share = Math.min(1, context.usedTokens / context.windowTokens);
    const words = `${Math.round(share * 100)} % of the context used`;
    this.node.title = `${words}: ${tokens(context.usedTokens)} of ${tokens(context.windowTokens)} tokens`;
    this.node.setAttribute("aria-label", words);
    this.node.classList.toggle("is-high", share > HIGH);
    fill(this.node, ring(share));
  }

  _open() {
    const context = this._context;
    if (!context) return;
    const row = (/** @type {string} */ name, /** @type {number} */ count) =>
      h("div", { class: "context-row" }, h("dt", null, name), h("dd", null, tokens(count)), h("div", { class: "bar" }, bar(count / context.windowTokens)));
    const dialog = openDialog(
      "Context",
      [
        h("p", { class: "muted" }, `What the model is given: ${tokens(context.usedTokens)} of ${tokens(context.windowTokens)} tokens, ${tokens(context.answerTokens)} of them kept free for the answer.`),
        h("dl", { class: "context-rows" }, context.parts.filter((part) => part.tokens > 0).map((part) => row(/** @type {Record<string, string>} */ (NAMES)[part.name] ?? part.name, part.tokens))),
        context.problems.map((problem) => h("div", { class: "notice neutral" }, icon("info"), h("div", { class: "body" }, problem))),
      ],
      [
        button("Summarise now", () => {
          dialog.close();
          this._onCompact();
        }),
        button("Close", () => dialog.close(), { class: "quiet" }),
      ],
    );
  }
}

/** @param {number} share */
function ring(share) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  for (const kind of ["", "used"]) {
    const circle = document.createElementNS(SVG, "circle");
    for (const [name, value] of Object.entries({ class: kind, cx: 8, cy: 8, r: RADIUS })) circle.setAttribute(name, String(value));
    if (kind) circle.setAttribute("stroke-dasharray", `${share * ROUND} ${ROUND}`);
    svg.append(circle);
  }
  return svg;
}

/** @param {number} share */
function bar(share) {
  const node = h("span", null);
  node.style.width = `${Math.min(100, Math.max(share > 0 ? 1 : 0, share * 100))}%`;
  return node;
}
