// Text in which nothing hides: what would not be seen stands there in its escaped form.

import { fill, h } from "../dom.js";
import { visible } from "../format.js";

/** @param {string} text */
export const shown = (text) =>
  visible(text).map((piece) => (piece.isEscaped ? h("span", { class: "escaped", title: "A character that would not be seen" }, piece.text) : piece.text));

/**
 * What stands below a field as long as there is something in it that would not be seen there.
 * @param {HTMLInputElement | HTMLTextAreaElement} field
 */
export function hiddenIn(field) {
  const note = h("p", { class: "where mono", hidden: true });
  const draw = () => {
    note.hidden = !visible(field.value).some((piece) => piece.isEscaped);
    fill(note, note.hidden ? null : shown(field.value));
  };
  field.addEventListener("input", draw);
  draw();
  return note;
}
