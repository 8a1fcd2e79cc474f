// What people who listen to the page hear when a turn has ended. Pure.

/** @typedef {import("./transcript.js").Transcript} Transcript */

const LONGEST = 2000;
const SUMMARISED = "Earlier messages were summarised.";

/**
 * The answer just given; nothing where it failed, which is said where it is shown. From the stream where its row is not here yet, else from the last row.
 * @param {Transcript} state
 * @returns {string}
 */
export function spoken(state) {
  const { live } = state;
  if (live?.phase === "failed") return "";
  if (live) {
    const text = live.parts.map((part) => (part.kind === "text" ? part.text : "")).filter(Boolean).join("\n");
    return text.slice(0, LONGEST) || (live.phase === "compacting" ? SUMMARISED : "The agent is done.");
  }
  const last = state.rows.findLast((row) => row.role === "assistant" || row.metadata?.type === "compaction");
  if (last?.role === "system") return SUMMARISED;
  if (last?.status === "error") return "";
  return last?.content.slice(0, LONGEST) || "The agent is done.";
}
