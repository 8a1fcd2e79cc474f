// Where a text stands in a message: in its text, in tool calls and in thoughts. Pure; the daemon counts in the same way.

import { partsOf } from "./answer.js";

/**
 * @typedef {import("../types.js").Message} Message
 * @typedef {import("../types.js").Part} Part
 * @typedef {{part: Part | null, nth: number}} Place `part` is null for what a person wrote; `nth` counts within it
 */

/**
 * Text in which letter case does not matter, of the same length: places in it are places in the text.
 * @param {string} text
 */
export function folded(text) {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : Array.from(text, (char) => (char.toLowerCase().length === char.length ? char.toLowerCase() : char)).join("");
}

/**
 * @param {string} text folded
 * @param {string} words folded
 * @returns {number[]} where the words begin, without overlaps
 */
export function startsOf(text, words) {
  const starts = [];
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length)) starts.push(at);
  return starts;
}

/**
 * The places in a message, in reading order. A tool call or a thought is one place.
 * @param {Message} message
 * @param {string} words folded
 * @returns {Place[]}
 */
export function placesIn(message, words) {
  if (message.role !== "assistant") return startsOf(folded(message.content), words).map((_, nth) => ({ part: null, nth }));
  return partsOf(message).flatMap(
    /** @returns {Place[]} */ (part) => {
      if (part.kind === "text") return startsOf(folded(part.text), words).map((_, nth) => ({ part, nth }));
      const holds = part.kind === "thinking" ? folded(part.text).includes(words) : [part.name, part.summary, part.input, part.output].some((value) => isIn(value, words));
      return holds ? [{ part, nth: 0 }] : [];
    },
  );
}

/** Whether words stand somewhere in decoded JSON, but for the names of fields. @param {any} value @param {string} words @returns {boolean} */
function isIn(value, words) {
  if (typeof value === "string") return folded(value).includes(words);
  if (value !== null && typeof value === "object") return Object.values(value).some((item) => isIn(item, words));
  return value != null && String(value).includes(words);
}
