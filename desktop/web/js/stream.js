// Follows events, and comes back where it broke off. Over WebSockets, which carry the frames of a stream: a browser opens
// only six plain connections to an address, so streams of three tabs would leave none for requests.

import { ApiError, send } from "./api.js";

/** @typedef {import("./types.js").StreamEvent} StreamEvent */

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 8000;
/** The daemon sends a sign of life every 15 seconds; who hears none for so long has lost it. */
const SILENCE_MS = 45_000;
/** So much silence is suspicious, where there is a reason to look: somebody comes back to the page. */
const SUSPICIOUS_MS = 20_000;
const LOOK_MS = 5000;
/** Codes of a farewell after which coming back makes no sense. */
const FINAL = new Set(["conversation_deleted"]);

/**
 * Splits what arrives into frames. Text may be cut anywhere.
 */
export class FrameParser {
  constructor() {
    this._rest = "";
  }

  /**
   * @param {string} text
   * @returns {{id: string | null, data: string}[]} the frames that are complete now; comments are left out
   */
  push(text) {
    const pieces = (this._rest + text).split("\n\n");
    this._rest = pieces.pop() ?? "";
    const frames = [];
    for (const piece of pieces) {
      let id = null;
      const data = [];
      for (const line of piece.split("\n")) {
        if (line.startsWith("id: ")) id = line.slice(4);
        else if (line.startsWith("data: ")) data.push(line.slice(6));
      }
      if (data.length > 0) frames.push({ id, data: data.join("\n") });
    }
    return frames;
  }
}

/**
 * @typedef {{
 *   onOpen?: (isFirst: boolean) => void,
 *   onEvents: (events: StreamEvent[]) => void,
 *   onState?: (isConnected: boolean) => void,
 *   onEnd?: (error: ApiError) => void,
 * }} Follower
 * `onEnd` is called when there is nothing more to follow: the thing is gone, or the session is over.
 */

/**
 * Follows until `close` is called.
 * @param {string} path of what is followed
 * @param {string} query further parameters
 * @param {Follower} follower
 * @returns {{close: () => void, wake: () => void, again: () => void}} `wake` tries again at once, also
 *   where a connection has been silent for long; `again` takes a new connection instead of the one there is
 */
export function follow(path, query, follower) {
  const closing = new AbortController();
  /** @type {string | null} */
  let lastId = null;
  let pause = FIRST_PAUSE_MS;
  let isFirst = true;
  /** @type {() => void} */
  let wake = () => {};
  /** @type {(longestMs: number) => void} ends a connection on which nothing was heard for so long */
  let doubt = () => {};

  /** @param {string} text */
  const receive = (text) => {
    const frames = new FrameParser().push(text);
    if (frames.length === 0) return;
    lastId = frames.findLast((frame) => frame.id !== null)?.id ?? lastId;
    follower.onEvents(frames.map((frame) => JSON.parse(frame.data)));
    const farewell = frames.map((frame) => (frame.id === null ? JSON.parse(frame.data) : null)).find((event) => FINAL.has(event?.code));
    if (farewell) throw new ApiError(404, farewell.code, farewell.message);
  };

  const once = async () => {
    const place = lastId === null ? "" : `after=${lastId}`;
    const address = new URL(`${path}/socket?${[query, place].filter(Boolean).join("&")}`, location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    let isOpen = false;
    let finish = () => {};
    const end = () => finish();
    closing.signal.addEventListener("abort", end);
    // By the clock on the wall: while the machine sleeps, timers stand still, and the other end may be gone.
    let heardAt = Date.now();
    doubt = (longestMs) => void (Date.now() - heardAt > longestMs && end());
    const watchdog = setInterval(() => doubt(SILENCE_MS), LOOK_MS);
    try {
      await new Promise((/** @type {(value: void) => void} */ resolve, reject) => {
        finish = resolve;
        socket.onopen = () => {
          isOpen = true;
          pause = FIRST_PAUSE_MS;
          follower.onState?.(true);
          follower.onOpen?.(isFirst);
          isFirst = false;
        };
        socket.onmessage = ({ data }) => {
          heardAt = Date.now();
          try {
            receive(data);
          } catch (error) {
            reject(error);
          }
        };
        socket.onclose = end;
      });
    } finally {
      clearInterval(watchdog);
      doubt = () => {};
      closing.signal.removeEventListener("abort", end);
      socket.onmessage = null;
      socket.close();
    }
    // A browser does not tell why a socket did not open; a plain request does.
    if (!isOpen && !closing.signal.aborted) await (await send("GET", path)).body?.cancel();
  };

  const run = async () => {
    while (!closing.signal.aborted) {
      try {
        await once();
      } catch (error) {
        if (closing.signal.aborted) return;
        if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429) {
          follower.onEnd?.(error);
          return;
        }
      }
      if (closing.signal.aborted) return;
      follower.onState?.(false);
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, pause * (0.75 + Math.random() / 2));
        wake = () => {
          clearTimeout(timer);
          resolve(undefined);
        };
      });
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  };
  void run();
  return {
    close: () => {
      closing.abort();
      wake();
    },
    wake: () => {
      doubt(SUSPICIOUS_MS);
      wake();
    },
    again: () => doubt(-1),
  };
}
