// Where a person writes. It grows with the text, keeps a draft for each conversation, and says what cannot be sent.

import { ApiError, sentence } from "../api.js";
import { fill, h, icon, iconButton } from "../dom.js";
import { loadDraft, saveDraft } from "../drafts.js";

/**
 * @typedef {{
 *   send: (content: string) => Promise<void>, stop: () => void,
 *   recall: () => string | null, tools?: () => Node[],
 * }} ComposerActions
 */

export class Composer {
  /**
   * @param {string} draftKey under which the draft is kept
   * @param {ComposerActions} actions
   */
  constructor(draftKey, actions) {
    this._key = draftKey;
    this._actions = actions;
    this._isSending = false;
    this.isBusy = false;
    this.field = h("textarea", {
      id: "message", rows: 1, dir: "auto", "aria-label": "Message", placeholder: "Message… @ to mention, / for commands", enterkeyhint: "send",
      on: { input: () => this._changed(), keydown: (/** @type {KeyboardEvent} */ event) => this._keydown(event) },
    });
    this._send = h("button", { type: "button", class: "button send", "aria-label": "Send", title: "Send (Enter)", on: { click: () => void this.submit() } }, icon("arrow-up"));
    this._stop = h("button", { type: "button", class: "button", hidden: true, title: "Stop (Esc)", on: { click: () => actions.stop() } }, icon("square", "small"), "Stop");
    this._problem = h("div", { class: "problem-line", role: "alert", hidden: true });
    this.queue = h("div", { class: "queue", hidden: true, role: "list", "aria-label": "Messages that wait" });
    this.bar = h("div", { class: "composer-bar" }, actions.tools?.() ?? [], h("span", { class: "spacer" }), this._stop, this._send);
    this.box = h("div", { class: "composer" }, this.field, this.bar);
    this.node = h("div", { class: "composer-wrap" }, this._problem, this.queue, this.box);
    this.field.value = loadDraft(draftKey);
    this._changed();
    requestAnimationFrame(() => this._grow());
  }

  /** @param {boolean} isBusy whether the agent works */
  setBusy(isBusy) {
    if (isBusy === this.isBusy) return;
    this.isBusy = isBusy;
    this._stop.hidden = !isBusy;
    this.field.placeholder = isBusy ? "Message… it waits until the agent is done" : "Message… @ to mention, / for commands";
    this._changed();
  }

  /** @param {string} text replaces what is there */
  setText(text) {
    this.field.value = text;
    this._changed();
    this.field.focus();
    this.field.setSelectionRange(text.length, text.length);
  }

  /** Sends what is written; on failure it stays. */
  async submit() {
    const content = this.field.value;
    if (!content.trim() || this._isSending) return;
    this._isSending = true;
    this._say(null);
    this.field.value = "";
    this._changed();
    try {
      await this._actions.send(content);
    } catch (error) {
      if (this.field.value === "") this.field.value = content;
      this._say(error instanceof ApiError ? error.message : sentence(error));
    } finally {
      this._isSending = false;
      this._changed();
    }
  }

  /** @param {string | null} problem */
  _say(problem) {
    this._problem.hidden = problem === null;
    fill(this._problem, problem !== null && [icon("circle-alert"), h("span", null, problem)]);
  }

  _changed() {
    saveDraft(this._key, this.field.value);
    this._send.disabled = this.field.value.trim() === "" || this._isSending;
    this._send.hidden = this.isBusy && this.field.value.trim() === "";
    this._grow();
  }

  _grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
  }

  /** @param {KeyboardEvent} event */
  _keydown(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      void this.submit();
    } else if (event.key === "ArrowUp" && this.field.value === "") {
      const last = this._actions.recall();
      if (last !== null) {
        event.preventDefault();
        this.setText(last);
      }
    }
  }
}

/**
 * The messages that wait in line: each can be changed or taken back.
 * @param {HTMLElement} node
 * @param {import("../types.js").QueuedMessage[]} messages
 * @param {{edit: (id: string, content: string) => void, remove: (id: string) => void}} actions
 */
export function drawQueue(node, messages, actions) {
  node.hidden = messages.length === 0;
  fill(node, messages.map((message) => {
    const text = h("span", { class: "grow truncate" }, message.content);
    const row = h(
      "div",
      { class: "queued", role: "listitem" },
      icon("clock"),
      text,
      iconButton("pencil", "Edit waiting message", () => {
        const input = h("input", { class: "input grow", "aria-label": "Waiting message", prop: { value: message.content } });
        input.addEventListener("keydown", (event) => {
          if (event.key === "Enter" && input.value.trim()) actions.edit(message.id, input.value);
          if (event.key === "Escape") {
            event.stopPropagation();
            input.replaceWith(text);
          }
        });
        text.replaceWith(input);
        input.focus();
      }),
      iconButton("x", "Remove waiting message", () => actions.remove(message.id)),
    );
    return row;
  }));
}
