// The shapes that the API gives and that views share. Types only.

/**
 * @typedef {"idle" | "running" | "waiting"} TurnState
 * @typedef {{inputTokens: number, outputTokens: number, costUsd: number | null}} Usage
 * @typedef {{
 *   id: string, projectId: string | null, title: string | null, runtimeId: string, modelId: string | null,
 *   status: "active" | "archived", createdAt: string, updatedAt: string, workingDirectory: string | null,
 *   turn: TurnState, pendingRequests: number, lastMessagePreview: string | null, branchId: string, usage: Usage,
 *   lastOutcome: "complete" | "error" | "interrupted" | null, unread: boolean,
 *   messageCount?: number, lastSeq?: number,
 * }} Conversation
 *
 * @typedef {{messageId: string, branchId: string}} Sibling
 * @typedef {{offset: number, html: string}} Rendered
 * @typedef {{
 *   id: string, conversationId: string, role: "user" | "assistant" | "system", content: string,
 *   status: "pending" | "streaming" | "complete" | "error" | "interrupted", metadata: Record<string, any> | null,
 *   createdAt: string, updatedAt: string, branchId: string, parentId: string | null, pinned: boolean,
 *   siblings: Sibling[], rendered?: Rendered[] | null,
 * }} Message
 *
 * @typedef {{type: string, seq?: number, turnId?: string, messageId?: string} & Record<string, any>} StreamEvent
 *
 * @typedef {{html: string, isOpen: boolean}} Block
 * @typedef {{kind: "text", offset: number, text: string, blocks: Block[], html: string | null}} TextPart
 * @typedef {{kind: "thinking", id: string, text: string, isOpen: boolean, isShortened: boolean}} ThinkingPart
 * @typedef {{toolCallId: string, thumbnailUrl: string, originalUrl: string, width: number, height: number}} Screenshot
 * @typedef {{
 *   kind: "tool", id: string, name: string, input: any, summary: string, diff: string | null,
 *   state: "running" | "done" | "error" | "stopped", output: string, isTruncated: boolean,
 *   durationMs: number | null, screenshots: Screenshot[],
 * }} ToolPart
 * @typedef {TextPart | ThinkingPart | ToolPart} Part
 *
 * @typedef {{
 *   turnId: string, messageId: string | null, parts: Part[], length: number, phase: string, phaseText: string,
 *   phaseAt: number, retryAt: number | null, isOver: boolean,
 * }} Live
 *
 * @typedef {{question: string, id?: string, header?: string, options?: {label: string, description?: string}[],
 *   multiSelect?: boolean, isSecret?: boolean}} Question
 * @typedef {{id: string | null, name: string}} Answerer
 * @typedef {{
 *   id: string, conversationId: string, kind: "permission" | "question", toolCallId: string, toolName: string,
 *   toolInput: any, summary: string, diff: string | null, suggestedPattern: string | null, why: string,
 *   isShortened: boolean, questions: Question[], outcome: string | null, decision: string | null,
 *   message: string | null, answeredBy: Answerer | null, late: {behavior: string, by: Answerer | null} | null,
 *   answers: Record<string, string> | null,
 * }} Request
 *
 * @typedef {{
 *   id: string, label: string, provider: string, tier: string, costLabel: string, available: boolean,
 *   runtimeId: string, contextWindow: number | null,
 * }} Model
 * @typedef {{
 *   id: string, label: string, provider: string, installed: boolean, version: string | null, signedIn: boolean,
 *   whyNot: string | null, isDefault: boolean,
 * }} Runtime
 * @typedef {{id: string, name: string, description: string | null, workingDirectory: string | null, status: string}} Project
 * @typedef {{id: string, content: string}} QueuedMessage
 */
export {};
