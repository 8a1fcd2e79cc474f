// Sentences of the daemon in which commands stand in back-quotes.

import { h } from "../dom.js";

/** @param {string} text @returns {import("../dom.js").Child} */
export const withCode = (text) => text.split("`").map((piece, index) => (index % 2 === 1 ? h("code", null, piece) : piece));
