// Who answers here: the same name and number each time, so that other clients, and a reload, can tell.

const KEY = "stagent.client";
const BROWSERS = [["Edg/", "Edge"], ["OPR/", "Opera"], ["Firefox/", "Firefox"], ["Chrome/", "Chrome"], ["Safari/", "Safari"]];
const SYSTEMS = [["Android", "Android"], ["iPhone", "iOS"], ["iPad", "iOS"], ["Mac OS X", "macOS"], ["Windows", "Windows"], ["Linux", "Linux"]];

/** Where nothing can be kept, the number holds as long as the page. */
let id = "";

/** @returns {string} */
export function clientId() {
  try {
    id = localStorage.getItem(KEY) ?? id;
    if (id === "") {
      id = crypto.randomUUID();
      localStorage.setItem(KEY, id);
    }
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    id ||= crypto.randomUUID();
  }
  return id;
}

/** What goes along with an answer. @returns {import("./types.js").Answerer} */
export const client = () => ({ id: clientId(), name: "pywebview" in window ? "the window" : nameOf(navigator.userAgent) });

/** @param {string} agent a browser's User-Agent @returns {string} what people call it */
function nameOf(agent) {
  const browser = BROWSERS.find(([mark]) => agent.includes(mark))?.[1] ?? "a browser";
  const system = SYSTEMS.find(([mark]) => agent.includes(mark))?.[1];
  return system ? `${browser} on ${system}` : browser;
}
