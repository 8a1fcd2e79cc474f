// Files that go along with a message: picked, pasted or dropped, and uploaded at once.

import { ApiError, send, sentence } from "../api.js";
import { fill, h, icon, iconButton } from "../dom.js";

/**
 * @typedef {{id: string, name: string, thumbnailUrl: string | null, problem: string | null}} Stored
 * @typedef {{key: number, name: string, document: Stored | null, problem: string | null, abort: AbortController}} Attachment
 */

const MAX_BYTES = 50 * 1024 * 1024;

export class Attachments {
  /** @param {() => void} onChange */
  constructor(onChange) {
    this._onChange = onChange;
    /** @type {Attachment[]} */
    this._all = [];
    this._lastKey = 0;
    this.node = h("div", { class: "attachments", role: "list", "aria-label": "Attachments", hidden: true });
    this._picker = h("input", { type: "file", multiple: true, hidden: true, "aria-hidden": "true", tabindex: -1, on: { change: () => this._picked() } });
    this.button = iconButton("paperclip", "Attach files", () => this._picker.click());
  }

  /** Whether an upload is under way. */
  get isUploading() {
    return this._all.some((one) => one.document === null && one.problem === null);
  }

  /** The documents to send along. */
  get documents() {
    return this._all.flatMap((one) => (one.document ? [one.document] : []));
  }

  /** @param {Stored[]} documents replaces what is there */
  set(documents) {
    for (const one of this._all) if (!one.document) one.abort.abort();
    this._all = documents.map((document) => ({ key: (this._lastKey += 1), name: document.name, document, problem: null, abort: new AbortController() }));
    this._draw();
  }

  /** @param {Iterable<File>} files */
  add(files) {
    for (const file of files) void this._upload(file);
  }

  _picked() {
    this.add(this._picker.files ?? []);
    this._picker.value = "";
  }

  /** @param {File} file */
  async _upload(file) {
    const one = { key: (this._lastKey += 1), name: file.name || "Pasted image", document: null, problem: null, abort: new AbortController() };
    this._all = [...this._all, one];
    this._draw();
    try {
      if (file.size > MAX_BYTES) throw new ApiError(413, "too_large", `${one.name} is larger than 50 MB.`);
      const form = new FormData();
      form.append("file", file, one.name);
      const response = await send("POST", "/api/documents", { body: form, signal: one.abort.signal });
      const [document] = await response.json();
      this._replace(one.key, { document });
    } catch (error) {
      if (!one.abort.signal.aborted) this._replace(one.key, { problem: sentence(error) });
    }
  }

  /** @param {number} key @param {Partial<Attachment>} change */
  _replace(key, change) {
    this._all = this._all.map((one) => (one.key === key ? { ...one, ...change } : one));
    this._draw();
  }

  /** @param {number} key */
  _remove(key) {
    this._all.find((one) => one.key === key)?.abort.abort();
    this._all = this._all.filter((one) => one.key !== key);
    this._draw();
  }

  _draw() {
    this.node.hidden = this._all.length === 0;
    fill(this.node, this._all.map((one) => h(
      "span",
      { class: one.problem ? "attachment is-failed" : "attachment", role: "listitem", title: one.problem ?? one.document?.problem ?? one.name },
      one.document?.thumbnailUrl ? h("img", { src: one.document.thumbnailUrl, alt: "", width: 22, height: 22 }) : icon(one.problem ? "circle-alert" : one.document ? "file" : "loader-circle", one.document || one.problem ? "small" : "small spin"),
      h("span", { class: "truncate" }, one.problem ?? one.name),
      iconButton("x", `Remove ${one.name}`, () => this._remove(one.key)),
    )));
    this._onChange();
  }

  /** The hidden field that opens the system's file dialog. */
  get picker() {
    return this._picker;
  }
}
