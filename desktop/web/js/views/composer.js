// Where a person writes. It grows with the text, keeps a draft for each conversation, and says what cannot be sent.

import { sentence } from "../api.js";
import { fill, h, icon } from "../dom.js";
import { loadDraft, saveDraft } from "../drafts.js";
import { Attachments } from "./attachments.js";
import { Mentions } from "./mentions.js";
import { Popover } from "./popover.js";
import { Recall } from "./recall.js";
import { withCode } from "./with-code.js";

/**
 * @typedef {{mentions?: import("./mentions.js").Mention[], attachments?: string[]}} Extras
 * @typedef {{name: string, label: string, icon: string, run: () => void}} Command
 * @typedef {{
 *   send: (content: string, extras: Extras) => Promise<void>, stop: () => void, history: import("./recall.js").History,
 *   scope: () => string, commands: () => Command[], tools: Node[], end?: Node[],
 * }} ComposerActions
 * `scope`: parameters for the search of mentions.
 */

const COMMAND = /^\/(\w*)$/;
const IDLE = "Message… @ to mention, / for commands";
const BUSY = "Message… it waits until the agent is done";

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
      id: "message", rows: 1, dir: "auto", "aria-label": "Message", placeholder: IDLE, enterkeyhint: "send",
      on: {
        input: () => this._typed(),
        keydown: (/** @type {KeyboardEvent} */ event) => this._keydown(event),
        blur: () => this._popover.close(),
        paste: (/** @type {ClipboardEvent} */ event) => this._take(event, event.clipboardData),
      },
    });
    this._send = h("button", { type: "button", class: "button send", "aria-label": "Send", title: "Send (Enter)", on: { click: () => void this.submit() } }, icon("arrow-up"));
    this._stop = h("button", { type: "button", class: "button", hidden: true, title: "Stop (Esc)", on: { click: () => actions.stop() } }, icon("square", "small"), "Stop");
    this._problem = h("div", { class: "problem-line", role: "alert", hidden: true });
    this.attachments = new Attachments(() => this._changed());
    this.queue = h("div", { class: "queue", hidden: true, role: "list", "aria-label": "Messages that wait" });
    this.box = h(
      "div",
      { class: "composer", on: {
        dragover: (/** @type {DragEvent} */ event) => this._drag(event),
        dragleave: () => this.box.classList.remove("is-dropping"),
        drop: (/** @type {DragEvent} */ event) => this._take(event, event.dataTransfer),
      } },
      this.attachments.node,
      this.field,
      h("div", { class: "composer-bar" }, this.attachments.button, this.attachments.picker, actions.tools, h("span", { class: "spacer" }), actions.end ?? [], this._stop, this._send),
    );
    this._popover = new Popover(this.field, this.box);
    this.mentions = new Mentions(this.field, this._popover, actions.scope, () => this._changed());
    this.recall = new Recall(this.field, actions.history, () => this.mentions.in(this.field.value), ({ text, mentions }) => this.setText(text, mentions));
    this.node = h("div", { class: "composer-wrap" }, this._problem, this.queue, this.box);
    this.useDraft(draftKey);
    requestAnimationFrame(() => this._grow());
  }

  /** Shows a draft, and keeps what is typed from now on there. @param {string} key under which it is kept */
  useDraft(key) {
    const draft = loadDraft(key);
    this._key = key;
    this.recall.end();
    this._reset(draft.text, draft.mentions, draft.documents);
  }

  /** @param {boolean} isBusy whether the agent works */
  setBusy(isBusy) {
    if (isBusy === this.isBusy) return;
    this.isBusy = isBusy;
    this._stop.hidden = !isBusy;
    this.field.placeholder = isBusy ? BUSY : IDLE;
    this._changed();
  }

  /**
   * @param {string} text replaces what is there
   * @param {import("./mentions.js").Mention[]} [mentions] what it names
   */
  setText(text, mentions) {
    this.field.value = text;
    if (mentions) this.mentions.set(mentions);
    this._changed();
    this.field.focus();
    this.field.setSelectionRange(text.length, text.length);
  }

  /** Throws away what is there. */
  clear() {
    this.recall.end();
    this._reset("", [], []);
  }

  /** Sends what is written; on failure it stays. */
  async submit() {
    const content = this.field.value;
    if (!content.trim() || this._isSending || this.attachments.isUploading) return;
    const mentions = this.mentions.in(content);
    const { documents } = this.attachments;
    this._isSending = true;
    this._say(null);
    this.clear();
    try {
      /** @type {Extras} */
      const extras = {};
      if (mentions.length > 0) extras.mentions = mentions;
      if (documents.length > 0) extras.attachments = documents.map((one) => one.id);
      await this._actions.send(content, extras);
    } catch (error) {
      if (this.field.value === "") this._reset(content, mentions, documents);
      this._say(sentence(error));
    } finally {
      this._isSending = false;
      this._changed();
    }
  }

  /** @param {string} text @param {import("./mentions.js").Mention[]} mentions @param {import("./attachments.js").Stored[]} documents */
  _reset(text, mentions, documents) {
    this.field.value = text;
    this.mentions.set(mentions);
    this.attachments.set(documents);
  }

  /** @param {string | null} problem */
  _say(problem) {
    this._problem.hidden = problem === null;
    fill(this._problem, problem !== null && [icon("circle-alert"), h("span", null, withCode(problem))]);
  }

  _typed() {
    this._changed();
    const typed = COMMAND.exec(this.field.value);
    if (typed) this._offerCommands(typed[1].toLowerCase());
    else if (!this.mentions.look()) this._popover.close();
  }

  /** @param {string} typed */
  _offerCommands(typed) {
    const commands = this._actions.commands().filter((command) => command.name.startsWith(typed));
    this._popover.show(commands.map((command) => ({
      label: `/${command.name}`,
      hint: command.label,
      icon: command.icon,
      pick: () => {
        this.setText("");
        command.run();
      },
    })));
  }

  _changed() {
    const { value } = this.field;
    const isEmpty = value.trim() === "";
    const typed = this.recall?.draft ?? { text: value, mentions: this.mentions?.in(value) ?? [] };
    saveDraft(this._key, { ...typed, documents: this.attachments.documents });
    this._send.disabled = isEmpty || this._isSending || this.attachments.isUploading;
    this._send.hidden = this.isBusy && isEmpty;
    this._grow();
  }

  /** Fits the field to its text. While that is measured the whole keeps its height, so that nothing above it moves. */
  _grow() {
    this.node.style.height = `${this.node.offsetHeight}px`;
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
    this.node.style.height = "";
  }

  /** @param {KeyboardEvent} event */
  _keydown(event) {
    if (event.isComposing || this._popover.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      void this.submit();
    } else if (this.recall.key(event)) {
      event.preventDefault();
    }
  }

  /** @param {DragEvent} event */
  _drag(event) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.box.classList.add("is-dropping");
  }

  /** @param {Event} event @param {DataTransfer | null} data */
  _take(event, data) {
    this.box.classList.remove("is-dropping");
    if (!data || data.files.length === 0) return;
    event.preventDefault();
    this.attachments.add(data.files);
  }
}
