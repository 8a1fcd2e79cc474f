// Names things in a message: what is typed behind an @ is looked up, and what is picked goes along with the text.

import { get } from "../api.js";
import { plainText } from "../format.js";
import { entityIcon } from "./answer.js";

/**
 * @typedef {{entityType: string, entityId: string, label: string}} Mention
 */

const PAUSE_MS = 80;
const BEFORE = /(^|[\s(])@([^\s@]{0,60})$/u;

export class Mentions {
  /**
   * @param {HTMLTextAreaElement} field
   * @param {import("./popover.js").Popover} popover
   * @param {() => string} scope further parameters of the search, such as `&conversationId=…`
   * @param {() => void} onPick
   */
  constructor(field, popover, scope, onPick) {
    this._field = field;
    this._popover = popover;
    this._scope = scope;
    this._onPick = onPick;
    /** @type {Mention[]} */
    this._picked = [];
    this._asked = 0;
  }

  /** @param {string} text @returns {Mention[]} those whose name still stands in the text */
  in(text) {
    return this._picked.filter((mention) => text.includes(`@${mention.label}`));
  }

  /** @param {Mention[]} mentions replaces those picked so far */
  set(mentions) {
    this._picked = mentions;
  }

  /** Looks at what is typed before the caret. @returns {boolean} whether it is the beginning of a name */
  look() {
    const { selectionStart, selectionEnd, value } = this._field;
    const found = selectionStart === selectionEnd ? BEFORE.exec(value.slice(0, selectionStart)) : null;
    this._asked += 1;
    clearTimeout(this._timer);
    if (!found) return false;
    const asked = this._asked;
    this._timer = setTimeout(() => void this._search(found[2], asked), PAUSE_MS);
    return true;
  }

  /** @param {string} typed @param {number} asked */
  async _search(typed, asked) {
    /** @type {(Mention & {status: string | null, description: string | null})[]} */
    let results;
    try {
      results = (await get(`/api/chat/entities/search?q=${encodeURIComponent(typed)}&limit=8${this._scope()}`)).results;
    } catch {
      results = []; // suggestions are a help; without them the text can still be typed
    }
    if (asked !== this._asked) return;
    this._popover.show(results.map((result) => ({
      label: result.label,
      hint: result.entityType === "file" && result.entityId !== result.label ? result.entityId : plainText(result.description ?? ""),
      end: result.entityType,
      icon: entityIcon(result.entityType),
      pick: () => this._pick(typed, result),
    })));
  }

  /** @param {string} typed @param {Mention} mention */
  _pick(typed, { entityType, entityId, label }) {
    const at = this._field.selectionStart;
    this._field.setRangeText(`@${label} `, at - typed.length - 1, at, "end");
    this._picked = [...this._picked.filter((one) => one.entityId !== entityId), { entityType, entityId, label }];
    this._onPick();
  }
}
