// Makes elements. Text goes in as text; nothing here reads HTML.

import { ago, exactTime } from "./format.js";

/**
 * @typedef {Node | string | number | boolean | null | undefined | readonly any[]} Child what an element can hold; lists
 *   are flattened, booleans and nothing left out
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. Properties: `class`, `on` (listeners by type), `data` (dataset), `prop` (DOM properties such as
 * `value`); all others are attributes, where true means present and false, null or undefined absent.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any> | null} [props]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (name === "on") for (const [type, listener] of Object.entries(value)) node.addEventListener(type, listener);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "prop") Object.assign(node, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, String(value));
  }
  append(node, children);
  return node;
}

/**
 * Replaces all that is in a node.
 * @param {Node} node
 * @param {...Child} children
 */
export function fill(node, ...children) {
  node.textContent = "";
  append(node, children);
}

/**
 * One of Lucide's icons. It is decoration: what it means is said beside it or in a label.
 * @param {string} name
 * @param {string} [more] further classes
 */
export function icon(name, more = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `icon ${more}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${document.body.dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

/**
 * A button that shows only an icon.
 * @param {string} name of the icon
 * @param {string} label for people who do not see it, and on hover
 * @param {(event: MouseEvent) => void} onClick
 * @param {Record<string, any>} [props]
 */
export function iconButton(name, label, onClick, props = {}) {
  const { class: more = "", ...rest } = props;
  return h(
    "button",
    { type: "button", class: `icon-button ${more}`.trim(), "aria-label": label, title: label, on: { click: onClick }, ...rest },
    icon(name),
  );
}

/**
 * A button with words.
 * @param {Child} content
 * @param {(event: MouseEvent) => void} onClick
 * @param {Record<string, any>} [props]
 */
export function button(content, onClick, props = {}) {
  const { class: more = "", ...rest } = props;
  return h("button", { type: "button", class: `button ${more}`.trim(), on: { click: onClick }, ...rest }, content);
}

/**
 * How long ago something was; the exact time on hover.
 * @param {string} iso
 */
export function time(iso) {
  return h("time", { datetime: iso, title: exactTime(iso), data: { relative: "" } }, ago(iso));
}

/** Says anew how long ago everything on the page was. */
export function refreshTimes() {
  for (const node of document.querySelectorAll("time[data-relative]")) node.textContent = ago(node.getAttribute("datetime") ?? "");
}

/**
 * Says something to people who listen to the page.
 * @param {string} text
 */
export function announce(text) {
  const region = document.getElementById("announcer");
  if (region) region.textContent = text;
}

let lastId = 0;

/** @param {string} prefix @returns {string} an id that no other element has */
export function uniqueId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

/**
 * @param {Node} node
 * @param {readonly Child[]} children
 */
function append(node, children) {
  for (const child of children) {
    if (Array.isArray(child)) append(node, child);
    else if (child instanceof Node) node.appendChild(child);
    else if (typeof child !== "boolean" && child != null) node.appendChild(document.createTextNode(String(child)));
  }
}
