// What waits, or waited, for a person: permission requests and questions, from rows and from events alike. Pure.

/**
 * @typedef {import("../types.js").Message} Message
 * @typedef {import("../types.js").Request} Request
 * @typedef {import("../types.js").StreamEvent} StreamEvent
 */

/** @param {Message} row @returns {Request | null} null where the row is none */
export function ofRow(row) {
  const data = row.metadata;
  if (row.role !== "system" || (data?.type !== "permission_request" && data?.type !== "question")) return null;
  return { ...common(data, row.id, row.conversationId), outcome: data.outcome ?? null, decision: data.decision ?? null, answeredBy: data.answeredBy ?? null, late: data.lateAnswer ? { behavior: data.lateAnswer, by: data.lateAnsweredBy ?? null } : null, message: data.message ?? null, answers: data.answers ?? null };
}

/** @param {StreamEvent} event @param {string} conversationId @returns {Request} */
export function ofEvent(event, conversationId) {
  return { ...common(event, event.requestId, conversationId), outcome: null, decision: null, answeredBy: null, late: null, message: null, answers: null };
}

/** @param {any} data @param {string} id @param {string} conversationId */
function common(data, id, conversationId) {
  return {
    id,
    conversationId,
    kind: /** @type {"permission" | "question"} */ (data.type === "question" ? "question" : "permission"),
    toolCallId: data.toolCallId ?? "",
    toolName: data.toolName ?? "AskUserQuestion",
    toolInput: data.toolInput ?? {},
    summary: data.summary ?? "",
    diff: data.diff ?? null,
    suggestedPattern: data.suggestedPattern ?? null,
    why: data.why ?? "",
    isShortened: data.isShortened === true,
    questions: data.questions ?? [],
  };
}
