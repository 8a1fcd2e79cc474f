// A message that is being changed: its draft beside the usual one, also after a reload.

import { fill, h, icon, iconButton } from "../dom.js";
import { documentsOf } from "../documents.js";
import { editKey, loadEdited, saveEdited } from "../drafts.js";

/** @typedef {import("../types.js").Message} Message */

export class Editing {
  /**
   * @param {string} conversationId
   * @param {import("./composer.js").Composer} composer where it is changed
   */
  constructor(conversationId, composer) {
    this._id = conversationId;
    this._composer = composer;
    this._bar = h("div", { class: "problem-line muted", hidden: true });
    composer.node.insertBefore(this._bar, composer.box);
    /** @type {string | null} what the message follows, `root` for nothing; null while none is changed */
    this.parentId = loadEdited(conversationId);
    if (this.parentId !== null) this._show();
  }

  /** @param {Message} message to change */
  begin(message) {
    this.parentId = message.parentId ?? "root";
    saveEdited(this._id, this.parentId);
    this._show();
    this._composer.setText(message.content, message.metadata?.mentions ?? []);
    void this._attach(message);
  }

  /** Goes back to what was being written before. @returns {boolean} whether a message was being changed */
  stop() {
    if (this.parentId === null) return false;
    this.parentId = null;
    saveEdited(this._id, null);
    this._composer.clear();
    this._bar.hidden = true;
    this._composer.useDraft(this._id);
    this._composer.field.focus();
    return true;
  }

  _show() {
    fill(this._bar, icon("pencil", "small"), h("span", { class: "grow" }, "Editing an earlier message. What followed it stays on a branch of its own."), iconButton("x", "Stop editing", () => this.stop()));
    this._bar.hidden = false;
    this._composer.useDraft(editKey(this._id));
  }

  /** What went along with it goes along again. @param {Message} message */
  async _attach(message) {
    const ids = message.metadata?.attachments ?? [];
    this._composer.attachments.set([]);
    const { parentId } = this;
    const documents = ids.length > 0 ? await documentsOf(ids) : [];
    if (parentId === this.parentId) this._composer.attachments.set([...documents, ...this._composer.attachments.documents]);
  }
}
