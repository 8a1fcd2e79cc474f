// An answer in parts: text, thoughts and tool calls in the order in which they came. Pure: events in, parts out.

import { codePoints } from "../format.js";

/**
 * @typedef {import("../types.js").Live} Live
 * @typedef {import("../types.js").Message} Message
 * @typedef {import("../types.js").Part} Part
 * @typedef {import("../types.js").TextPart} TextPart
 * @typedef {import("../types.js").ToolPart} ToolPart
 * @typedef {import("../types.js").StreamEvent} StreamEvent
 */

/** Of a running tool's output, the end is what tells how it is going. */
const MAX_OUTPUT = 65_536;

/**
 * @param {string} turnId
 * @param {string | null} messageId of the answer's row, once it is known
 * @returns {Live}
 */
export function newLive(turnId, messageId) {
  return { turnId, messageId, parts: [], length: 0, phase: "preparing", phaseText: "Preparing…", phaseAt: Date.now(), retryAt: null, isOver: false };
}

/**
 * The answer after an event of its turn.
 * @param {Live} live
 * @param {StreamEvent} event
 * @returns {Live}
 */
export function grow(live, event) {
  switch (event.type) {
    case "status":
      return { ...live, messageId: event.messageId ?? live.messageId, phase: event.phase, phaseText: event.message, phaseAt: live.phase === event.phase ? live.phaseAt : Date.now(), retryAt: event.retryAt ? Date.parse(event.retryAt) : null };
    case "delta":
      return addText(live, event.content);
    case "rendered":
      return setBlock(live, event);
    case "thinking":
      return addThought(live, event);
    case "tool_call":
      return withPart(closeThoughts(live), {
        kind: "tool",
        id: event.toolCallId,
        name: event.toolName,
        input: event.toolInput,
        summary: event.summary,
        diff: event.diff ?? null,
        state: "running",
        output: "",
        isTruncated: false,
        durationMs: null,
        screenshots: [],
      });
    case "tool_output":
      return changeTool(live, event.toolCallId, (tool) => ({ ...tool, output: (tool.output + event.content).slice(-MAX_OUTPUT) }));
    case "tool_result":
      return changeTool(live, event.toolCallId, (tool) => ({
        ...tool,
        state: event.isError ? "error" : "done",
        output: event.output,
        isTruncated: event.truncated,
        durationMs: event.durationMs,
      }));
    case "screenshot":
      return changeTool(live, event.toolCallId, (tool) => ({ ...tool, screenshots: [...tool.screenshots, /** @type {any} */ (event)] }));
    case "error":
      return { ...stopTools(closeThoughts(live)), phase: "failed", isOver: true };
    case "done":
    case "interrupted":
      return { ...stopTools(closeThoughts(live)), isOver: true };
    default:
      return live;
  }
}

/** @type {WeakMap<Message, Part[]>} */
const known = new WeakMap();

/**
 * The parts of a stored answer.
 * @param {Message} message
 * @returns {Part[]}
 */
export function partsOf(message) {
  const found = known.get(message);
  if (found) return found;
  const points = Array.from(message.content);
  const isPlain = points.length === message.content.length;
  const slice = (/** @type {number} */ from, /** @type {number} */ to) =>
    isPlain ? message.content.slice(from, to) : points.slice(from, to).join("");
  const html = new Map((message.rendered ?? []).map((one) => [one.offset, one.html]));
  /** @type {Part[]} */
  const parts = [];
  let start = 0;
  const addStretch = (/** @type {number} */ end) => {
    const text = slice(start, end);
    if (text.trim() !== "") parts.push({ kind: "text", offset: start, text, blocks: [], html: html.get(start) ?? null });
    start = end;
  };
  const calls = message.metadata?.toolCalls ?? [];
  const thoughts = (message.metadata?.thinking ?? []).map((/** @type {any} */ one, /** @type {number} */ place) => ({ ...one, id: `${message.id}-${place}` }));
  for (let before = 0; before <= calls.length; before += 1) {
    const call = calls[before];
    const end = call ? (call.offset ?? start) : points.length;
    // The daemon renders what stands between two calls as one: a thought in the middle of it comes after it.
    const here = thoughts.filter((/** @type {any} */ one) => one.callsBefore === before);
    const isFirst = (/** @type {any} */ one) => one.offset <= start;
    parts.push(...here.filter(isFirst).map(storedThought));
    const late = here.filter((/** @type {any} */ one) => !isFirst(one));
    if (end > start) addStretch(end);
    parts.push(...late.map(storedThought));
    if (call) parts.push(storedTool(call, message));
  }
  known.set(message, parts);
  return parts;
}

/**
 * The parts of an answer that has just ended: what was seen live (thoughts, whole outputs), with the stored text.
 * @param {Live} live
 * @param {Message} stored
 * @returns {Part[]}
 */
export function settle(live, stored) {
  const html = new Map((stored.rendered ?? []).map((one) => [one.offset, one.html]));
  const parts = live.parts.map((part) => (part.kind === "text" ? { ...part, html: html.get(part.offset) ?? part.html } : part));
  const seen = parts.reduce((sum, part) => sum + (part.kind === "text" ? part.text.length : 0), 0);
  // Text that was never seen here (the page came late, or a crash cut the stream) is in the store alone.
  const settled = seen === stored.content.length ? parts : partsOf(stored);
  known.set(stored, settled);
  return settled;
}

/** @param {any} call @param {Message} message @returns {ToolPart} */
function storedTool(call, message) {
  const isOver = call.isError !== null && call.isError !== undefined;
  return {
    kind: "tool",
    id: call.toolCallId,
    name: call.toolName,
    input: call.toolInput,
    summary: call.summary ?? "",
    diff: call.diff ?? null,
    state: isOver ? (call.isError ? "error" : "done") : message.status === "streaming" ? "running" : "stopped",
    output: call.output ?? "",
    isTruncated: (call.output ?? "").length >= 2000,
    durationMs: call.durationMs ?? null,
    screenshots: (message.metadata?.screenshots ?? []).filter((/** @type {any} */ shot) => shot.toolCallId === call.toolCallId),
  };
}

/** @param {any} thought @returns {Part} */
const storedThought = ({ id, text, isShortened }) => ({ kind: "thinking", id, text, isOpen: false, isShortened: isShortened === true });

/** @param {Live} live @param {string} text @returns {Live} */
function addText(live, text) {
  const before = closeThoughts(live);
  const last = before.parts.at(-1);
  const length = live.length + codePoints(text);
  // Text that goes on behind a thought belongs to the same stretch: the daemon renders it as one.
  const index = last?.kind === "thinking" ? before.parts.length - 2 : before.parts.length - 1;
  const open = before.parts[index];
  if (open?.kind === "text") return { ...before, parts: before.parts.with(index, { ...open, text: open.text + text }), length };
  return { ...withPart(before, { kind: "text", offset: live.length, text, blocks: [], html: null }), length };
}

/** @param {Live} live @param {StreamEvent} event @returns {Live} */
function setBlock(live, event) {
  const index = live.parts.findIndex((part) => part.kind === "text" && part.offset === event.offset);
  if (index < 0) return withPart(closeThoughts(live), { kind: "text", offset: event.offset, text: "", blocks: place([], event), html: null });
  const part = /** @type {TextPart} */ (live.parts[index]);
  return { ...live, parts: live.parts.with(index, { ...part, blocks: place(part.blocks, event) }) };
}

/** @param {import("../types.js").Block[]} blocks @param {StreamEvent} event */
function place(blocks, event) {
  const next = event.open ? blocks.slice(0, event.block) : blocks.slice();
  while (next.length < event.block) next.push({ html: "", isOpen: true });
  next[event.block] = { html: event.html, isOpen: event.open };
  return next;
}

/** @param {Live} live @param {StreamEvent} event @returns {Live} */
function addThought(live, event) {
  const last = live.parts.at(-1);
  if (last?.kind === "thinking") return replaceLast(live, { ...last, text: last.text + event.content });
  return withPart(live, { kind: "thinking", id: `${live.turnId}-${live.parts.length}`, text: event.content, isOpen: true, isShortened: false });
}

/** @param {Live} live @returns {Live} */
function closeThoughts(live) {
  const last = live.parts.at(-1);
  return last?.kind === "thinking" && last.isOpen ? replaceLast(live, { ...last, isOpen: false }) : live;
}

/** @param {Live} live @returns {Live} */
function stopTools(live) {
  if (!live.parts.some((part) => part.kind === "tool" && part.state === "running")) return live;
  return { ...live, parts: live.parts.map((part) => (part.kind === "tool" && part.state === "running" ? { ...part, state: "stopped" } : part)) };
}

/** @param {Live} live @param {string} id @param {(tool: ToolPart) => ToolPart} change @returns {Live} */
function changeTool(live, id, change) {
  const index = live.parts.findLastIndex((part) => part.kind === "tool" && part.id === id);
  if (index < 0) return live;
  return { ...live, parts: live.parts.with(index, change(/** @type {ToolPart} */ (live.parts[index]))) };
}

/** @param {Live} live @param {Part} part @returns {Live} */
const withPart = (live, part) => ({ ...live, parts: [...live.parts, part] });

/** @param {Live} live @param {Part} part @returns {Live} */
const replaceLast = (live, part) => ({ ...live, parts: live.parts.with(-1, part) });
