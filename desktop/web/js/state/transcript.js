// One conversation as it is seen: rows from the store, the answer that is being written, requests. Pure.

import { grow, newLive, settle } from "./answer.js";
import { ofEvent, ofRow } from "./requests.js";

/**
 * @typedef {import("../types.js").Message} Message
 * @typedef {import("../types.js").Request} Request
 * @typedef {import("../types.js").Live} Live
 * @typedef {import("../types.js").StreamEvent} StreamEvent
 *
 * @typedef {{clientMessageId: string, content: string, problem: string | null}} Sending
 * @typedef {{
 *   rows: Message[], older: string | null, isLoaded: boolean, live: Live | null,
 *   requests: Readonly<Record<string, Request>>, sending: Sending | null,
 * }} Transcript
 * `rows` are in the daemon's order; `older` is the address of the page before them; `sending` has no row yet.
 */

/** @type {Transcript} */
export const EMPTY = { rows: [], older: null, isLoaded: false, live: null, requests: {}, sending: null };

const TERMINAL = new Set(["done", "error", "interrupted"]);

/**
 * The transcript after an event.
 * @param {Transcript} state
 * @param {StreamEvent} event
 * @param {string} conversationId
 * @returns {Transcript}
 */
export function receive(state, event, conversationId) {
  if (event.turnId == null) return state; // a farewell: about the connection, not about the turn
  switch (event.type) {
    case "message":
      return { ...state, live: newLive(event.turnId, null) };
    case "permission_request":
    case "question": {
      const known = state.requests[event.requestId];
      return known?.outcome ? state : { ...state, requests: { ...state.requests, [event.requestId]: ofEvent(event, conversationId) } };
    }
    case "request_resolved": {
      const known = state.requests[event.requestId];
      if (!known) return state;
      const resolved = { ...known, outcome: event.outcome, decision: event.decision, answeredBy: event.answeredBy ?? null };
      return { ...state, requests: { ...state.requests, [event.requestId]: resolved } };
    }
    case "rendered":
      // The last ones may come behind the end of the turn: then the stored message has the truth.
      return state.live?.turnId === event.turnId ? { ...state, live: grow(state.live, event) } : state;
    default: {
      const live = state.live?.turnId === event.turnId ? state.live : newLive(event.turnId, null);
      const grown = grow(live, event);
      const messageId = event.type === "delta" || event.type === "status" || TERMINAL.has(event.type) ? (event.messageId ?? grown.messageId) : grown.messageId;
      return { ...state, live: grown.messageId === messageId ? grown : { ...grown, messageId } };
    }
  }
}

/**
 * The transcript with rows from the store: new ones, and newer forms of known ones.
 * @param {Transcript} state
 * @param {Message[]} rows in the daemon's order, oldest first
 * @param {"before" | "after"} [place] where rows go that are not known yet
 * @returns {Transcript}
 */
export function withRows(state, rows, place = "after") {
  if (rows.length === 0) return { ...state, isLoaded: true };
  const given = new Map(rows.map((row) => [row.id, row]));
  const kept = state.rows.map((row) => given.get(row.id) ?? row);
  const known = new Set(state.rows.map((row) => row.id));
  const fresh = rows.filter((row) => !known.has(row.id));
  const joined = place === "before" ? [...fresh, ...kept] : [...kept, ...fresh];
  const { requests } = rows.reduce(withRequest, state);
  let { live } = state;
  const ended = live?.messageId ? given.get(live.messageId) : undefined;
  if (live && ended && live.isOver && ended.status !== "streaming") {
    settle(live, ended);
    live = null;
  }
  const isArrived = state.sending && fresh.some((row) => row.role === "user");
  return { ...state, rows: joined, requests, live, isLoaded: true, sending: isArrived ? null : state.sending };
}

/**
 * The transcript with what a row tells about a request, if it is one.
 * @param {Transcript} state
 * @param {Message} row
 * @returns {Transcript}
 */
export function withRequest(state, row) {
  const request = ofRow(row);
  if (!request) return state;
  return { ...state, requests: { ...state.requests, [request.id]: { ...request, isShortened: false } } };
}

/**
 * The requests that were told of, but whose rows are not here: rows that were read before them know nothing of them.
 * @param {Transcript} state
 * @returns {Record<string, Request>}
 */
export function withoutRow({ rows, requests }) {
  const known = new Set(rows.map((row) => row.id));
  return Object.fromEntries(Object.entries(requests).filter(([id]) => !known.has(id)));
}

/**
 * Whether a turn runs, as far as this transcript knows.
 * @param {Transcript} state
 */
export const isBusy = (state) => state.live !== null && !state.live.isOver;

/**
 * The requests that still wait, in the order in which they came.
 * @param {Transcript} state
 */
export const openRequests = (state) => Object.values(state.requests).filter((request) => request.outcome === null);
