// From values to words. All texts of the page about time, size and money are made here.

const DAY_MS = 86_400_000;
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const monthName = new Intl.DateTimeFormat("en", { month: "long", year: "numeric" });

/** @param {string} iso @param {number} [now] @returns {string} such as “5 min. ago” */
export function ago(iso, now = Date.now()) {
  const seconds = (Date.parse(iso) - now) / 1000;
  if (seconds > -45) return "just now";
  /** @type {[Intl.RelativeTimeFormatUnit, number][]} */
  const units = [["minute", 60], ["hour", 3600], ["day", 86_400], ["week", 604_800], ["month", 2_629_800], ["year", 31_557_600]];
  const [unit, size] = units.findLast(([, size]) => -seconds >= size) ?? units[0];
  return relative.format(Math.round(seconds / size), unit);
}

/** @param {string} iso @returns {string} date and time, for hovering */
export const exactTime = (iso) => exact.format(new Date(iso));

/** @param {string} iso @param {number} [now] @returns {string} the heading under which a conversation stands */
export function dayGroup(iso, now = Date.now()) {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const at = Date.parse(iso);
  if (at >= midnight) return "Today";
  if (at >= midnight - DAY_MS) return "Yesterday";
  if (at >= midnight - 6 * DAY_MS) return "Previous 7 days";
  if (at >= midnight - 29 * DAY_MS) return "Previous 30 days";
  return monthName.format(at);
}

/** @param {number} ms @returns {string} */
export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** @param {number} count @returns {string} such as “12.3k” */
export function tokens(count) {
  if (count < 1000) return String(count);
  if (count < 1_000_000) return `${(count / 1000).toFixed(count < 10_000 ? 1 : 0)}k`;
  return `${(count / 1_000_000).toFixed(1)}M`;
}

/** @param {number} usd @returns {string} */
export function cost(usd) {
  if (usd === 0) return "$0.00";
  return usd < 0.01 ? "<$0.01" : `$${usd.toFixed(2)}`;
}

/** @param {number} count @param {string} one @param {string} [many] @returns {string} such as “2 lines” */
export const plural = (count, one, many = `${one}s`) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

/**
 * What Markdown says, on one line and without its marks.
 * @param {string} markdown
 * @returns {string}
 */
export function plainText(markdown) {
  return markdown
    .replace(/^ {0,3}(?:`{3,}|~{3,}).*$/gm, "")
    .replace(/^ {0,3}\|?(?:\s*:?-{3,}:?\s*\|?)+\s*$/gm, "")
    .replace(/^[ \t>]*(?:#{1,6}[ \t]+|(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?|>[ \t]*)/gm, "")
    .replace(/!?\[([^\]\n]*)\](?:\([^()\s]*(?:\s+"[^"\n]*")?\)|\[[^\]\n]*\])/g, "$1")
    .replace(/(\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1/g, "$2")
    .replace(/(?<![\w*])([*_])(?=[^\s*_])([^*_\n]+?)(?<=\S)\1(?![\w*])/g, "$2")
    .replace(/`+([^`\n]+)`+/g, "$1")
    .replace(/\\([!-/:-@[-`{-~])/g, "$1")
    .replace(/\s+/g, " ")
    .trim();
}

// Controls, and what is drawn as nothing or turns the direction of text: it must not hide in what a person allows.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u1680\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\u{e0000}-\u{e0fff}\ud800-\udfff]/u;

/**
 * Text in pieces: as it is, or the escaped form of a character that would not be seen.
 * @param {string} text
 * @returns {{text: string, isEscaped: boolean}[]}
 */
export function visible(text) {
  /** @type {{text: string, isEscaped: boolean}[]} */
  const pieces = [];
  let plain = "";
  for (const char of text) {
    if (!UNSEEN.test(char)) {
      plain += char;
      continue;
    }
    if (plain) pieces.push({ text: plain, isEscaped: false });
    plain = "";
    const code = /** @type {number} */ (char.codePointAt(0));
    pieces.push({ text: code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`, isEscaped: true });
  }
  if (plain) pieces.push({ text: plain, isEscaped: false });
  return pieces;
}

/** @param {string} text @returns {number} its length in Unicode code points, as the daemon counts */
export function codePoints(text) {
  let count = text.length;
  for (let i = 0; i < text.length - 1; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit <= 0xdbff) {
      const next = text.charCodeAt(i + 1);
      if (next >= 0xdc00 && next <= 0xdfff) {
        count -= 1;
        i += 1;
      }
    }
  }
  return count;
}
