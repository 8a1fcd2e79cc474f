// A title that is changed in its place.

import { fill, h } from "../dom.js";

/**
 * @param {HTMLElement} place whose content the field takes until it is done
 * @param {string} title
 * @param {(title: string | null, isByKey: boolean) => Promise<void>} done gets the new title, or null where nothing is to
 *   change, and whether a key has ended it; it draws the place anew
 */
export function editTitle(place, title, done) {
  const input = h("input", { class: "input title-input", "aria-label": "Title", maxlength: 200, prop: { value: title } });
  let isOver = false;
  const end = (/** @type {boolean} */ keeps, isByKey = true) => {
    if (isOver) return;
    isOver = true;
    fill(place);
    const changed = input.value.trim();
    void done(keeps && changed !== title ? changed : null, isByKey);
  };
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.stopPropagation();
    end(event.key === "Enter");
  });
  input.addEventListener("blur", () => end(true, false));
  fill(place, input);
  input.focus();
  input.select();
}
