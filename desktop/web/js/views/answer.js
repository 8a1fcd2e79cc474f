// An answer: its parts in order, the request it waits for, how it ended, and what can be done with it.

import { announce, fill, h, icon, iconButton, time } from "../dom.js";
import { cost, duration, tokens } from "../format.js";
import { partsOf } from "../state/answer.js";
import { endNotice } from "./answer-end.js";
import { PermissionCard } from "./permission-card.js";
import { QuestionForm } from "./question-form.js";
import { byWhom, isElsewhere, resolvedLine } from "./resolved.js";
import { TextView } from "./text.js";
import { ThinkingView } from "./thinking.js";
import { ToolCard } from "./tool-card.js";

/**
 * @typedef {import("../types.js").Live} Live
 * @typedef {import("../types.js").Message} Message
 * @typedef {import("../types.js").Part} Part
 * @typedef {import("../types.js").Request} Request
 * @typedef {import("./answer-end.js").EndActions & {
 *   openedAt: number, copy: (text: string) => void,
 *   more: (message: Message, anchor: HTMLElement) => void, siblings: (message: Message) => Node | null,
 *   place: () => {workingDirectory?: string | null, projectName?: string | null},
 * }} AnswerActions
 * `openedAt`: since when the page shows the conversation, in milliseconds since the epoch
 */

/** The end of a status that says when something is tried again: the seconds as they were when it was sent. */
const WAIT = / in \d+ s$/;

export class AnswerView {
  /** @param {AnswerActions} actions */
  constructor(actions) {
    this._actions = actions;
    this._parts = h("div", { class: "parts" });
    this._status = h("div", { class: "status-line", hidden: true });
    this._end = h("div", { class: "answer-end", hidden: true });
    this._bar = h("div", { class: "item-actions" });
    this.node = h("article", { class: "item answer", "aria-label": "Answer" }, this._parts, this._status, this._end, this._bar);
    /** @type {{key: string, view: {node: HTMLElement}}[]} */
    this._views = [];
    /** @type {Map<string, PermissionCard | QuestionForm>} */
    this.cards = new Map();
    /** @type {Message | null} */
    this._message = null;
    this._caret = h("span", { class: "caret", "aria-hidden": "true" });
  }

  /**
   * @param {Message | null} message its row, once there is one
   * @param {Live | null} live while it is being written
   * @param {Request[]} requests those of its tool calls, in order
   */
  update(message, live, requests) {
    this._drawParts(live ? live.parts : message ? partsOf(message) : [], requests);
    this._drawStatus(live, requests);
    this.node.setAttribute("aria-busy", String(live !== null && !live.isOver));
    if (message !== this._message || live) {
      this._message = message;
      this._drawEnd(live && !live.isOver ? null : message);
      this._drawBar(live && !live.isOver ? null : message);
    }
    this._settle(live === null);
  }

  /** Once it is over, the browser draws it only where it is seen. Its height must not be a guess meanwhile. @param {boolean} isOver */
  _settle(isOver) {
    if (isOver && !this.node.classList.contains("settled") && this.node.offsetHeight > 0) this.node.style.containIntrinsicSize = `auto ${this.node.offsetHeight}px`;
    this.node.classList.toggle("settled", isOver);
  }

  /** Opens a part that is folded. @param {Part | null} part @returns {Element} what shows it; for none, the answer */
  open(part) {
    const found = part && this._views.find((entry) => entry.key === keyOf(part))?.view;
    if (found instanceof ToolCard || found instanceof ThinkingView) found.open();
    return found ? found.node : this._parts;
  }

  /** Shows again what depends on the clock. @param {Live | null} live */
  tick(live) {
    const seconds = this._status.querySelector(".seconds");
    if (live && seconds) seconds.textContent = secondsOf(live);
  }

  /** All of its text, without tool calls. */
  get text() {
    return this._message?.content ?? "";
  }

  /** @param {Part[]} parts @param {Request[]} requests */
  _drawParts(parts, requests) {
    for (const request of requests) if (this.cards.has(request.id) && isElsewhere(request)) announce(`Answered ${byWhom(request)}.`);
    const byCall = new Map(requests.map((request) => [request.toolCallId, request]));
    /** @type {{key: string, make: () => {node: HTMLElement}, draw: (view: any) => void}[]} */
    const wanted = [];
    for (const part of parts) {
      if (part.kind === "text") wanted.push({ key: keyOf(part), make: () => new TextView(), draw: (view) => view.update(part) });
      if (part.kind === "thinking") wanted.push({ key: keyOf(part), make: () => new ThinkingView(), draw: (view) => view.update(part) });
      if (part.kind === "tool") {
        const request = byCall.get(part.id) ?? null;
        byCall.delete(part.id);
        wanted.push({ key: keyOf(part), make: () => new ToolCard(part), draw: (view) => view.update(part, request) });
        // What was allowed is said in the line of its tool call.
        if (request && request.outcome !== "allowed") wanted.push(this._requestPart(request));
      }
    }
    for (const request of byCall.values()) wanted.push(this._requestPart(request));
    this._reconcile(wanted);
  }

  /** @param {Request} request */
  _requestPart(request) {
    const isOpen = request.outcome === null;
    const makeCard = () => {
      const card = request.kind === "question" ? new QuestionForm(request) : new PermissionCard(request, this._actions.place());
      this.cards.set(request.id, card);
      return card;
    };
    const makeLine = () => ({ node: request.kind === "question" ? answersView(request) : resolvedLine(request) });
    const state = isOpen ? "open" : [request.outcome, request.message, Boolean(request.answers)].join("-");
    return { key: `request-${request.id}-${state}`, make: isOpen ? makeCard : makeLine, draw: () => {} };
  }

  /** @param {{key: string, make: () => {node: HTMLElement}, draw: (view: any) => void}[]} wanted */
  _reconcile(wanted) {
    const known = new Map(this._views.map((entry) => [entry.key, entry]));
    this._views = wanted.map(({ key, make, draw }) => {
      const entry = known.get(key) ?? { key, view: make() };
      known.delete(key);
      draw(entry.view);
      return entry;
    });
    for (const { view } of known.values()) {
      view.node.remove();
      if (view instanceof PermissionCard || view instanceof QuestionForm) this.cards.delete(view.request.id);
    }
    this._views.forEach(({ view }, index) => {
      if (this._parts.children[index] !== view.node) this._parts.insertBefore(view.node, this._parts.children[index] ?? null);
    });
  }

  /** @param {Live | null} live @param {Request[]} requests */
  _drawStatus(live, requests) {
    const isWriting = live !== null && !live.isOver;
    const last = this._views.at(-1)?.view;
    const isInText = isWriting && live.phase === "generating" && last instanceof TextView;
    if (isInText) caretPlace(last.node).append(this._caret);
    else this._caret.remove();
    const waits = requests.some((request) => request.outcome === null);
    this._status.hidden = !isWriting || isInText || waits;
    if (this._status.hidden || !live) return;
    const key = `${live.phase}-${live.phaseText}-${live.retryAt}`;
    if (this._status.dataset.key !== key) {
      this._status.dataset.key = key;
      fill(this._status, icon("loader-circle", "spin"), h("span", null, live.retryAt === null ? live.phaseText : live.phaseText.replace(WAIT, ""), " ", h("span", { class: "seconds" }, secondsOf(live))));
    }
  }

  /** @param {Message | null} message */
  _drawEnd(message) {
    const content = message ? endView(message, this._actions) : null;
    this._end.hidden = content === null;
    fill(this._end, content);
  }

  /** @param {Message | null} message */
  _drawBar(message) {
    if (!message || message.status === "streaming") {
      fill(this._bar);
      return;
    }
    const data = message.metadata ?? {};
    const facts = [
      data.modelId && data.modelId !== "offline" && data.modelId,
      data.outputTokens > 0 && h("span", { title: `${data.inputTokens?.toLocaleString("en")} in, ${data.outputTokens.toLocaleString("en")} out` }, `${tokens((data.inputTokens ?? 0) + data.outputTokens)} tokens`),
      data.outputTokens > 0 && data.costUsd != null && cost(data.costUsd),
    ].filter(Boolean);
    const more = iconButton("ellipsis", "More for this answer", () => this._actions.more(message, more), { "aria-haspopup": "menu" });
    fill(
      this._bar,
      this._actions.siblings(message),
      message.content !== "" && iconButton("copy", "Copy answer", () => this._actions.copy(message.content)),
      iconButton("rotate-ccw", "Answer again", () => this._actions.retry(message.id)),
      more,
      message.pinned && h("span", { class: "chip neutral" }, icon("pin", "small"), "Pinned"),
      h("span", { class: "facts" }, facts.map((fact) => h("span", null, fact)), time(message.updatedAt)),
    );
  }
}

/** @param {Part} part */
const keyOf = (part) => `${part.kind}-${part.kind === "text" ? part.offset : part.id}`;

/** @param {Message} message @param {AnswerActions} actions */
function endView(message, actions) {
  const data = message.metadata ?? {};
  const links = (data.quickAccess ?? []).map((/** @type {any} */ link) => h("a", { class: "pill", href: link.href }, icon(entityIcon(link.entityType), "small"), h("span", { class: "truncate" }, link.label)));
  const notice = endNotice(message, actions, Date.parse(message.updatedAt) > actions.openedAt);
  if (!notice && links.length === 0) return null;
  return h("div", { class: "answer" }, links.length > 0 && h("div", { class: "quick-access", role: "group", "aria-label": "Mentioned in this answer" }, links), notice);
}

/** @param {string} type */
export const entityIcon = (type) =>
  /** @type {Record<string, string>} */ ({ project: "folder", task: "list-todo", document: "file-text", conversation: "message-square", file: "file" })[type] ?? "link";

/** @param {Request} request */
function answersView(request) {
  if (request.outcome !== "answered" || !request.answers) return resolvedLine(request);
  const answers = request.answers;
  return h("div", { class: "notice neutral" }, icon("message-circle-question-mark"), h("div", { class: "body" }, request.questions.map((question) =>
    h("div", { dir: "auto" }, question.question, " ", h("strong", null, answers[question.id || question.question] ?? ""))),
    isElsewhere(request) && h("div", { class: "muted" }, `Answered ${byWhom(request)}.`)));
}

/** Where a caret stands behind the last letter. @param {HTMLElement} node @returns {Element} */
function caretPlace(node) {
  /** @type {Element} */
  let place = node;
  while (place.lastElementChild && /^(DIV|P|UL|OL|LI|BLOCKQUOTE|H[1-6])$/.test(place.lastElementChild.tagName)) place = place.lastElementChild;
  return place;
}

/** How long the agent does what it does, or until a provider is asked again. @param {Live} live */
const secondsOf = ({ phaseAt, retryAt }) => (retryAt === null ? secondsSince(phaseAt) : `in ${Math.max(0, Math.ceil((retryAt - Date.now()) / 1000))} s`);

/** @param {number} at */
const secondsSince = (at) => (Date.now() - at < 1000 ? "" : duration(Math.floor((Date.now() - at) / 1000) * 1000).replace(".0", ""));
