// Other coding agents on this machine: what they have said can be brought along. Their keys stay with them.

import { ask, get, sentence } from "../api.js";
import { announce, button, fill, h, icon } from "../dom.js";
import { plural } from "../format.js";
import { placeName } from "../places.js";

/**
 * @typedef {{source: string, label: string, folder: string, sessions: number, runtimeId: string}} Source
 * @typedef {{id: string, source: string, state: "running" | "done" | "failed", done: number, total: number, added: Record<string, number>,
 *   renewed: Record<string, number>, busy: number, error: string | null}} Import
 * @typedef {import("../types.js").Runtime} Runtime
 */

const PAUSE_MS = 400;

/**
 * The agents that were found, each with what brings its conversations along; nothing where there are none.
 * @param {Runtime[]} runtimes to tell whether a key is still needed
 * @returns {HTMLElement}
 */
export function otherAgents(runtimes) {
  const list = h("ul", { class: "connect-list", "aria-label": "Other agents on this machine" });
  const node = h("div", { class: "other-agents", hidden: true }, h("h3", null, "Found on this machine"), list);
  const look = async () => {
    /** @type {Source[]} */
    let found = [];
    /** @type {Import[]} */
    let imports = [];
    try {
      [found, imports] = await Promise.all([get("/api/imports/sources"), get("/api/imports")]);
    } catch {
      // an offer; whoever wants it finds it in the settings again
    }
    node.hidden = found.length === 0;
    fill(list, found.map((source) => row(source, runtimes.find((one) => one.id === source.runtimeId), imports.find((one) => one.source === source.source))));
  };
  void look();
  return node;
}

/**
 * @param {Source} source
 * @param {Runtime | undefined} runtime that goes on with its conversations
 * @param {Import | undefined} latest the last import of them: it goes on without the page that began it
 */
function row(source, runtime, latest) {
  const needsKey = runtime && !runtime.signedIn ? ` To go on with them, ${runtime.label} needs an API key.` : "";
  const mark = h("span", { class: "mark-slot" }, icon("bot"));
  const state = h("small", { title: placeName(source.folder) }, source.sessions > 0 ? `${plural(source.sessions, "conversation")} to bring along.${needsKey}` : "It has no conversations yet.");
  const bring = button("Bring along", () => void run(), { "aria-label": `Bring along the conversations of ${source.label}` });
  const say = (/** @type {string} */ text, isOver = true) => {
    state.textContent = text;
    bring.disabled = !isOver;
    fill(mark, icon(isOver ? "bot" : "loader-circle", isOver ? "" : "spin"));
    if (isOver) announce(`${source.label}: ${text}`);
  };
  const run = async () => {
    await follow(() => ask("POST", "/api/imports", { source: source.source }));
    bring.focus();
  };
  const follow = async (/** @type {() => Promise<Import>} */ begin) => {
    say("Looking for conversations…", false);
    try {
      let found = await begin();
      while (found.state === "running") {
        if (found.total > 0) say(`Reading ${found.done.toLocaleString("en")} of ${found.total.toLocaleString("en")}…`, false);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        found = await get(`/api/imports/${found.id}`);
      }
      say(sayEnd(found));
    } catch (error) {
      say(sentence(error));
    }
  };
  if (latest?.state === "running") void follow(async () => latest);
  else if (latest) state.textContent = sayEnd(latest);
  return h(
    "li",
    { class: "connect-line" },
    mark,
    h("span", { class: "entry-text" },
      h("strong", null, source.label),
      state),
    source.sessions > 0 && bring,
  );
}

/** @param {Import} found @returns {string} what became of it, for people */
const sayEnd = (found) => [outcome(found), found.error].filter(Boolean).join(" ");

/** @param {Import} found @returns {string} */
function outcome({ state, added, renewed, busy }) {
  const conversations = added.conversation ?? 0;
  const parts = [
    conversations > 0 && `Brought ${plural(conversations, "conversation")} with ${plural(added.message ?? 0, "message")} along.`,
    conversations === 0 && (added.message || renewed.conversation) ? "Brought what was new along." : null,
    state === "done" && conversations === 0 && !added.message && !renewed.conversation ? "Nothing is new." : null,
    busy > 0 && `${plural(busy, "conversation")} in which an agent works ${busy === 1 ? "was" : "were"} left out.`,
  ];
  return parts.filter(Boolean).join(" ");
}
