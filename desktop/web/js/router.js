// Where the person is: the address decides, links and the history buttons change it.

/**
 * @typedef {{view: "home" | "conversation" | "inbox" | "settings" | "entity" | "nowhere", id: string | null, section: string | null, path?: string}} Place
 *   `path`: of a file in the working directory
 */

/** @param {string} path @returns {Place} */
export function parse(path) {
  const [first = "", second = null, third, ...rest] = path.split("/").filter(Boolean).map(decoded);
  if (first === "conversations" && second && third === "files" && rest.length > 0) return { view: "entity", id: second, section: "files", path: rest.join("/") };
  if (first === "conversations" && second) return { view: "conversation", id: second, section: null };
  if (first === "inbox") return { view: "inbox", id: null, section: null };
  if (first === "settings") return { view: "settings", id: null, section: second };
  if (["projects", "tasks", "documents"].includes(first) && second) return { view: "entity", id: second, section: first };
  if (["tasks", "documents"].includes(first)) return { view: "entity", id: null, section: first };
  return { view: first === "" ? "home" : "nowhere", id: null, section: null };
}

/** @param {string} text @returns {string} as it is where it is not encoded rightly */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export class Router {
  /** @param {(place: Place) => void} show */
  constructor(show) {
    this._show = show;
    this.place = parse(location.pathname);
    addEventListener("popstate", () => this._arrive());
    document.addEventListener("click", (event) => this._click(event));
  }

  /** Shows the place of the address. */
  start() {
    this._arrive();
  }

  /** @param {string} path @param {{replace?: boolean}} [options] */
  go(path, { replace = false } = {}) {
    if (path !== location.pathname) history[replace ? "replaceState" : "pushState"](null, "", path);
    this._arrive();
  }

  _arrive() {
    this.place = parse(location.pathname);
    this._show(this.place);
  }

  /** @param {MouseEvent} event */
  _click(event) {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute("download")) return;
    const url = new URL(link.href, location.href);
    if (url.origin !== location.origin || url.pathname.startsWith("/api/") || (url.hash && url.pathname === location.pathname)) return;
    event.preventDefault();
    this.go(url.pathname);
  }
}
