// Sentences of the daemon in which commands stand in back-quotes.

import { h } from "../dom.js";

/**
 * @param {string} text
 * @param {(text: string) => import("../dom.js").Child} [show] what makes its pieces safe to be read
 * @returns {import("../dom.js").Child}
 */
export const withCode = (text, show = (piece) => piece) => text.split("`").map((piece, index) => (index % 2 === 1 ? h("code", null, show(piece)) : show(piece)));
