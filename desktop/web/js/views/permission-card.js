// What an agent wants to do, and the person's decision about it.

import { CONVERSATIONS, ask, get, sentence } from "../api.js";
import { client } from "../client.js";
import { announce, button, fill, h, icon, uniqueId } from "../dom.js";
import { placeName } from "../places.js";
import { ofRow } from "../state/requests.js";
import { hiddenIn, shown } from "./shown.js";
import { withCode } from "./with-code.js";
import { inputView, toolIcon, toolLabel } from "./tool-card.js";

/** @typedef {import("../types.js").Request} Request */

/** A card that appears under a moving hand must not be answered by it. */
export const GUARD_MS = 400;

export class PermissionCard {
  /**
   * @param {Request} request
   * @param {{workingDirectory?: string | null, projectName?: string | null}} [place] where it would happen
   */
  constructor(request, place = {}) {
    this.request = request;
    this._place = place;
    this._openAt = performance.now() + GUARD_MS;
    const title = uniqueId("request");
    this.badge = h("span", { class: "badge" }, "needs you");
    this.content = h("div", { class: "content" });
    this.panel = h("div", { class: "panel", hidden: true });
    this.problem = h("p", { class: "problem", role: "alert", hidden: true });
    this.actions = h("div", { class: "actions" }, this._buttons());
    this.node = h(
      "section",
      { class: "request", role: "group", tabindex: -1, "aria-labelledby": title, data: { request: request.id }, on: { keydown: (/** @type {KeyboardEvent} */ event) => this._key(event) } },
      h("div", { class: "request-head" }, icon(toolIcon(request.toolName)), h("h2", { id: title }, `Allow ${toolLabel(request.toolName)}?`), this.badge),
      this.content,
      request.why && h("p", { class: "why" }, withCode(request.why, shown)),
      this.actions,
      this.panel,
      this.problem,
    );
    this._draw();
    if (request.isShortened) void this._loadWhole();
    announce(`The agent needs your decision: ${toolLabel(request.toolName)} ${request.summary}`);
  }

  /** Whether keys and clicks count yet. */
  get isReady() {
    return performance.now() >= this._openAt && !this._isSending;
  }

  /** Lets keys and clicks count for nothing for a moment: the card has just moved. */
  guard() {
    this._openAt = performance.now() + GUARD_MS;
  }

  /**
   * Carries out a key that was pressed outside of the card.
   * @param {string} key
   * @returns {boolean} whether it meant something here
   */
  press(key) {
    const run = { y: () => this._allow(), a: () => this._openAlways(), n: () => this._openDeny(), e: () => this._openEdit() }[key];
    if (!run) return false;
    if (this.isReady) run();
    else this._openAt = Math.max(this._openAt, performance.now() + GUARD_MS); // somebody is in the middle of typing
    return true;
  }

  _buttons() {
    const action = (/** @type {string} */ label, /** @type {string} */ key, /** @type {() => void} */ run, more = "") =>
      button([label, h("kbd", { "aria-hidden": "true" }, key)], () => this.isReady && run(), { class: more, "aria-keyshortcuts": key });
    return [
      action("Allow once", "y", () => this._allow(), "primary"),
      this.request.suggestedPattern !== null && action("Always…", "a", () => this._openAlways()),
      action("Deny…", "n", () => this._openDeny()),
      action("Edit", "e", () => this._openEdit(), "quiet"),
    ];
  }

  _draw() {
    const { toolName, toolInput, diff, summary } = this.request;
    const { projectName, workingDirectory } = this._place;
    fill(
      this.content,
      (projectName || workingDirectory) && h("p", { class: "where" }, "In ", projectName && shown(projectName), projectName && workingDirectory && " · ", workingDirectory && h("span", { class: "mono", title: workingDirectory }, shown(placeName(workingDirectory)))),
      toolName === "Bash" && typeof toolInput?.command === "string" // of any other tool it may be one field among many
        ? h("pre", { class: "command", tabindex: 0 }, shown(toolInput.command))
        : h("div", { class: "what" }, summary && h("p", { class: "where mono" }, shown(summary)), inputView(toolInput, diff, shown)),
    );
  }

  async _loadWhole() {
    this._isSending = true;
    try {
      const row = await get(`${CONVERSATIONS}/${this.request.conversationId}/messages/${this.request.id}`);
      this.request = ofRow(row) ?? this.request;
      this._draw();
    } catch (error) {
      this._fail(error);
    } finally {
      this._isSending = false;
      this._openAt = performance.now() + GUARD_MS;
    }
  }

  /** @param {Record<string, unknown>} [more] */
  _allow(more = {}) {
    return this._answer({ behavior: "allow", ...more });
  }

  /** @param {Record<string, unknown>} body */
  async _answer(body) {
    this._isSending = true;
    this.problem.hidden = true;
    this.node.setAttribute("aria-busy", "true");
    try {
      const { conversationId, id } = this.request;
      const { stale } = await ask("POST", `${CONVERSATIONS}/${conversationId}/respond`, { requestId: id, client: client(), ...body });
      if (stale) announce("This was answered already.");
    } catch (error) {
      this._isSending = false;
      this._fail(error);
    }
    this.node.removeAttribute("aria-busy");
  }

  /** @param {unknown} error */
  _fail(error) {
    this.problem.textContent = sentence(error);
    this.problem.hidden = false;
  }

  _openAlways() {
    if (this.request.suggestedPattern === null) return;
    const pattern = h("input", { class: "input mono", "aria-label": "Pattern", prop: { value: this.request.suggestedPattern }, spellcheck: "false", autocapitalize: "off" });
    const { projectName } = this._place;
    const name = uniqueId("scope");
    const here = h("input", { type: "radio", name, prop: { checked: true } });
    const scope = projectName
      ? h("fieldset", { class: "scope" }, h("legend", { class: "label" }, "From now on"),
          h("label", { class: "choice" }, here, h("span", { class: "text" }, h("span", { dir: "auto" }, "In the project ", shown(projectName)))),
          h("label", { class: "choice" }, h("input", { type: "radio", name }), h("span", { class: "text" }, "Everywhere")))
      : h("p", { class: "where" }, "Everywhere, from now on.");
    const save = () => this._allow({ alwaysAllow: true, permissionPattern: pattern.value.trim(), permissionScope: projectName && here.checked ? "project" : "everywhere" });
    this._open(
      [h("div", { class: "field" }, h("span", { class: "label" }, "Allow without asking whatever matches"), pattern, hiddenIn(pattern)), scope],
      "Always allow",
      save,
      pattern,
    );
  }

  _openDeny() {
    const message = h("textarea", { class: "input", dir: "auto", rows: 2, "aria-label": "Message to the agent", placeholder: "Tell the agent what to do instead (optional)" });
    this._open(message, "Deny", () => this._answer({ behavior: "deny", message: message.value.trim() || undefined }), message, "danger");
  }

  _openEdit() {
    const { toolInput } = this.request;
    const fields = Object.entries(toolInput ?? {}).map(([name, value]) => {
      const isText = typeof value === "string";
      const text = isText ? value : JSON.stringify(value, null, 2);
      const input = h("textarea", { class: "input mono", rows: Math.min(8, text.split("\n").length), spellcheck: "false", "aria-label": name, prop: { value: text } });
      return { name, isText, input, node: h("div", { class: "field" }, h("span", { class: "label mono" }, name), input, hiddenIn(input)) };
    });
    const allow = () => {
      /** @type {Record<string, unknown>} */
      const updatedInput = {};
      for (const { name, isText, input } of fields) {
        try {
          updatedInput[name] = isText ? input.value : JSON.parse(input.value);
        } catch {
          this.problem.textContent = `${name} must be valid JSON.`;
          this.problem.hidden = false;
          input.focus();
          return;
        }
      }
      void this._allow({ updatedInput });
    };
    this._open(fields.map((field) => field.node), "Allow with changes", allow, fields[0]?.input);
  }

  /**
   * Opens the part of the card in which a decision is made more precise.
   * @param {import("../dom.js").Child} content
   * @param {string} label of the button that carries it out
   * @param {() => void} run
   * @param {HTMLElement | undefined} focus
   * @param {string} [more] class of the button
   */
  _open(content, label, run, focus, more = "primary") {
    this._run = run;
    fill(
      this.panel,
      content,
      h("div", { class: "actions" }, button(label, () => this.isReady && run(), { class: more }), button("Back", () => this._close(), { class: "quiet" })),
    );
    this.panel.hidden = false;
    this.actions.hidden = true;
    focus?.focus();
  }

  _close() {
    this.panel.hidden = true;
    this.actions.hidden = false;
    this.actions.querySelector("button")?.focus();
  }

  /** @param {KeyboardEvent} event */
  _key(event) {
    if (event.key === "Escape" && !this.panel.hidden) {
      event.stopPropagation();
      this._close();
    }
    const isInput = event.target instanceof HTMLInputElement;
    if (event.key === "Enter" && !this.panel.hidden && (isInput || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (this.isReady) this._run?.();
    }
  }
}
