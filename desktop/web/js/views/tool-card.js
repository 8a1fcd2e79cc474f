// A tool call as one line that opens to what went in and what came out.

import { fill, h, icon } from "../dom.js";
import { duration, plural } from "../format.js";
import { diffView } from "./diff.js";
import { thumbnail } from "./lightbox.js";
import { byWhom } from "./resolved.js";
import { shown } from "./shown.js";
import { tellUnfolded } from "./unfolding.js";

/**
 * @typedef {import("../types.js").ToolPart} ToolPart
 * @typedef {import("../types.js").Request} Request
 */

const ICONS = {
  Read: "file-text", Write: "file-plus", Edit: "file-pen", MultiEdit: "file-pen", Glob: "folder-search", Grep: "search",
  Bash: "terminal", WebFetch: "globe", WebSearch: "globe", AskUserQuestion: "message-circle-question-mark", TodoWrite: "list-todo",
};
const PLAIN = new Set(["file_path", "old_string", "new_string", "content", "command", "pattern", "path", "url"]);

/** @param {string} name of a tool @returns {string} its icon's name */
export const toolIcon = (name) => /** @type {Record<string, string>} */ (ICONS)[name] ?? (name.startsWith("mcp__") ? "plug" : "wrench");

/** @param {string} name of a tool @returns {string} what people read */
export function toolLabel(name) {
  const [, server, tool] = /^mcp__(.+?)__(.+)$/.exec(name) ?? [];
  return server ? `${server}: ${tool}` : name === "AskUserQuestion" ? "Question" : name;
}

export class ToolCard {
  /** @param {ToolPart} tool */
  constructor(tool) {
    this.icon = icon(toolIcon(tool.name));
    this.object = h("span", { class: "object truncate" });
    this.outcome = h("span", { class: "outcome" });
    this.body = h("div", { class: "tool-body", hidden: true });
    this.pictures = h("div", { class: "pictures", hidden: true });
    this.line = h(
      "button",
      { type: "button", class: "tool-line", "aria-expanded": "false", on: { click: () => this._clicked() } },
      this.icon,
      h("span", { class: "verb" }, toolLabel(tool.name)),
      this.object,
      this.outcome,
    );
    this.node = h("div", { class: "tool" }, this.line, this.body, this.pictures);
    /** @type {ToolPart | null} */
    this._tool = null;
    /** @type {Request | null} */
    this._request = null;
    this._isDrawn = false;
  }

  /**
   * @param {ToolPart} tool
   * @param {Request | null} request its permission request, if there was one
   */
  update(tool, request) {
    if (tool === this._tool && request === this._request) return;
    const before = this._tool;
    this._tool = tool;
    this._request = request;
    if (before?.summary !== tool.summary) fill(this.object, shown(tool.summary));
    if (before?.state !== tool.state || before?.output !== tool.output || request) this._drawOutcome(tool, request);
    if ((before?.screenshots.length ?? 0) !== tool.screenshots.length) this._drawPictures(tool.screenshots);
    this.node.classList.toggle("is-error", tool.state === "error" && !isRefused(request));
    if (!this.body.hidden) this._drawBody(before);
  }

  /** Shows what went in and what came out. */
  open() {
    if (this.body.hidden) this._toggle();
  }

  _clicked() {
    this._toggle();
    if (!this.body.hidden) tellUnfolded(this.node);
  }

  _toggle() {
    this.body.hidden = !this.body.hidden;
    this.line.setAttribute("aria-expanded", String(!this.body.hidden));
    if (!this.body.hidden) this._drawBody(null);
  }

  /** @param {ToolPart} tool @param {Request | null} request */
  _drawOutcome(tool, request) {
    const words = [tool.state !== "running" && request?.outcome === "allowed" && allowedWords(request), resultWords(tool, request), tool.durationMs !== null && tool.state !== "stopped" && !isRefused(request) && duration(tool.durationMs)].filter(Boolean).join(" · ");
    const sign = { running: "loader-circle", done: null, error: "circle-x", stopped: "circle-slash" }[isRefused(request) ? "stopped" : tool.state];
    fill(this.outcome, sign && icon(sign, tool.state === "running" ? "spin" : ""), h("span", { class: "truncate", title: words }, words), icon("chevron-right", "chevron"));
  }

  /** @param {import("../types.js").Screenshot[]} screenshots */
  _drawPictures(screenshots) {
    this.pictures.hidden = screenshots.length === 0;
    fill(this.pictures, screenshots.map((shot) => thumbnail(shot)));
  }

  /** @param {ToolPart | null} before */
  _drawBody(before) {
    const tool = /** @type {ToolPart} */ (this._tool);
    if (before && this._output && before.input === tool.input && before.output !== "" && tool.output !== "") {
      const isAtEnd = this._output.scrollTop + this._output.clientHeight > this._output.scrollHeight - 20;
      this._output.textContent = tool.output;
      if (isAtEnd) this._output.scrollTop = this._output.scrollHeight;
      return;
    }
    this._output = tool.output === "" ? null : h("pre", { class: "output", tabindex: 0 }, tool.output);
    fill(
      this.body,
      inputView(tool.input, this._request?.diff ?? tool.diff),
      this._output && h("section", null, h("p", { class: "caption" }, tool.state === "error" ? "What went wrong" : "Result"), this._output, tool.isTruncated && h("p", { class: "muted" }, "Only the beginning is shown.")),
      !this._output && tool.state !== "running" && h("p", { class: "muted" }, tool.state === "stopped" ? "Stopped before it ended." : "No output."),
    );
  }
}

/** @param {Request} request */
const allowedWords = (request) => `allowed ${byWhom(request)}`;

/** Whether it was never run: that is no failure. @param {Request | null} request */
const isRefused = (request) => request !== null && ["denied", "expired", "cancelled"].includes(request.outcome ?? "");

/** @param {ToolPart} tool @param {Request | null} request */
function resultWords(tool, request) {
  if (tool.state === "running") return request && request.outcome === null ? "waits for you" : "running";
  if (request?.outcome === "denied") return request.decision === "rule" ? "denied by a rule" : request.decision === "timeout" ? "no answer in time" : "denied";
  if (request?.outcome === "expired") return "no answer in time";
  if (tool.state === "stopped" || request?.outcome === "cancelled") return "stopped";
  if (tool.state === "error") return "failed";
  if (tool.name === "AskUserQuestion" || tool.output === "") return "";
  const lines = tool.output.split("\n").length;
  return plural(lines, "line") + (tool.isTruncated ? "+" : "");
}

/**
 * What a tool was given: texts as text, the rest as JSON.
 * @param {any} input
 * @param {string | null} diff
 * @param {(text: string) => import("../dom.js").Child} [show]
 */
export function inputView(input, diff, show = (text) => text) {
  if (diff) return h("section", null, diffView(diff, show));
  const fields = Object.entries(input ?? {});
  if (fields.length === 0) return null;
  return h(
    "section",
    null,
    h("p", { class: "caption" }, "Input"),
    h("pre", { class: "output", tabindex: 0 }, fields.map(([name, value], index) => [
      index > 0 && "\n",
      PLAIN.has(name) && fields.length === 1 ? null : `${name}: `,
      show(typeof value === "string" ? value : JSON.stringify(value, null, 2)),
    ])),
  );
}
