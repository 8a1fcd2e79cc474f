// A state in a word: the icon and the word say what the colour says.

import { h, icon } from "../dom.js";

/**
 * @param {string} label
 * @param {string} [kind] `ok`, `warn`, `danger` or `neutral`
 * @param {string} [iconName]
 */
export const chip = (label, kind = "neutral", iconName) => h("span", { class: `chip ${kind}` }, iconName && icon(iconName, "small"), label);
