// How the page looks: kept in this browser, and set before the first frame by theme.js.

export const DEFAULTS = { theme: "system", density: "comfortable", size: "normal" };

/** @typedef {"theme" | "density" | "size"} Name */

/** @param {Name} name @returns {string} */
export const appearance = (name) => document.documentElement.dataset[name] ?? DEFAULTS[name];

/** @param {Name} name @param {string} value */
export function setAppearance(name, value) {
  if (value === DEFAULTS[name]) {
    delete document.documentElement.dataset[name];
    localStorage.removeItem(`stagent.${name}`);
  } else {
    document.documentElement.dataset[name] = value;
    localStorage.setItem(`stagent.${name}`, value);
  }
  dispatchEvent(new Event("resize")); // rows have another height now
}
