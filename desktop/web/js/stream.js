// Follows a stream of server-sent events, and comes back where it broke off.
// With fetch rather than EventSource: that one hides the status of an answer and the time of the next try.

import { ApiError, send } from "./api.js";

/** @typedef {import("./types.js").StreamEvent} StreamEvent */

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 8000;
const SILENCE_MS = 45_000;
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
 * @param {string} path
 * @param {Follower} follower
 * @returns {{close: () => void, wake: () => void}} `wake` tries again at once
 */
export function follow(path, follower) {
  const closing = new AbortController();
  /** @type {string | null} */
  let lastId = null;
  let pause = FIRST_PAUSE_MS;
  let isFirst = true;
  /** @type {() => void} */
  let wake = () => {};

  const once = async () => {
    const connection = new AbortController();
    const end = () => connection.abort();
    closing.signal.addEventListener("abort", end);
    let watchdog = setTimeout(end, SILENCE_MS);
    try {
      /** @type {Record<string, string>} */
      const headers = { Accept: "text/event-stream" };
      if (lastId !== null) headers["Last-Event-ID"] = lastId;
      const response = await send("GET", path, { signal: connection.signal, headers });
      pause = FIRST_PAUSE_MS;
      follower.onState?.(true);
      follower.onOpen?.(isFirst);
      isFirst = false;
      const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
      const decoder = new TextDecoder();
      const parser = new FrameParser();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(watchdog);
        watchdog = setTimeout(end, SILENCE_MS);
        const frames = parser.push(decoder.decode(value, { stream: true }));
        if (frames.length === 0) continue;
        lastId = frames.findLast((frame) => frame.id !== null)?.id ?? lastId;
        follower.onEvents(frames.map((frame) => JSON.parse(frame.data)));
        const farewell = frames.map((frame) => (frame.id === null ? JSON.parse(frame.data) : null)).find((event) => FINAL.has(event?.code));
        if (farewell) throw new ApiError(404, farewell.code, farewell.message);
      }
    } finally {
      clearTimeout(watchdog);
      closing.signal.removeEventListener("abort", end);
      connection.abort();
    }
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
    wake: () => wake(),
  };
}
