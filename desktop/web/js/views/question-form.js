// Questions of an agent: one choice, several, a text of one's own, or a secret.

import { CONVERSATIONS, ask, sentence } from "../api.js";
import { client } from "../client.js";
import { announce, button, h, icon, uniqueId } from "../dom.js";
import { GUARD_MS } from "./permission-card.js";

/**
 * @typedef {import("../types.js").Request} Request
 * @typedef {import("../types.js").Question} Question
 * @typedef {{node: HTMLElement, key: string, answer: () => string}} Field
 */

export class QuestionForm {
  /** @param {Request} request */
  constructor(request) {
    this.request = request;
    this._openAt = performance.now() + GUARD_MS;
    const fields = request.questions.map((question) => questionField(question, () => check()));
    const title = uniqueId("question");
    const submit = button(["Answer", h("kbd", { "aria-hidden": "true" }, "Enter")], () => {}, { class: "primary", type: "submit" });
    const problem = h("p", { class: "problem", role: "alert", hidden: true });
    const check = () => {
      submit.disabled = fields.some((field) => field.answer() === "");
    };
    const answer = async (/** @type {Record<string, unknown>} */ body) => {
      problem.hidden = true;
      submit.disabled = true;
      try {
        await ask("POST", `${CONVERSATIONS}/${request.conversationId}/respond`, { requestId: request.id, client: client(), ...body });
      } catch (error) {
        problem.textContent = sentence(error);
        problem.hidden = false;
        check();
      }
    };
    const send = (/** @type {Event} */ event) => {
      event.preventDefault();
      if (!this.isReady || submit.disabled) return;
      const answers = Object.fromEntries(fields.map((field) => [field.key, field.answer()]));
      void answer({ behavior: "allow", updatedInput: { questions: request.questions, answers } });
    };
    const form = h(
      "form",
      { on: { submit: send } },
      h("div", { class: "request-head" }, icon("message-circle-question-mark"), h("h2", { id: title }, fields.length === 1 ? "A question for you" : `${fields.length} questions for you`), h("span", { class: "badge" }, "needs you")),
      fields.map((field) => field.node),
      h("div", { class: "actions" }, submit, button("Skip", () => this.isReady && void answer({ behavior: "deny" }), { class: "quiet" })),
      problem,
    );
    this.node = h("div", { class: "request", role: "group", "aria-labelledby": title, tabindex: -1, data: { request: request.id } }, form);
    check();
    announce(`The agent asks: ${request.questions.map((question) => question.question).join(" ")}`);
  }

  /** Whether keys and clicks count yet. */
  get isReady() {
    return performance.now() >= this._openAt;
  }

  /** Lets keys and clicks count for nothing for a moment: the form has just moved. */
  guard() {
    this._openAt = performance.now() + GUARD_MS;
  }

  /** Single keys are letters here, not commands. @returns {boolean} */
  press() {
    return false;
  }
}

/** @param {Question} question @param {() => void} onChange @returns {Field} */
function questionField(question, onChange) {
  const key = question.id || question.question;
  const header = question.header && question.header !== "Question" && h("span", { class: "header" }, question.header);
  if (!question.options || question.options.length === 0) return textField(question, key, header, onChange);
  const name = uniqueId("options");
  const type = question.multiSelect ? "checkbox" : "radio";
  const other = h("input", { class: "input", dir: "auto", "aria-label": "Your own answer", placeholder: "Your own answer", autocomplete: "off", prop: { type: question.isSecret ? "password" : "text" } });
  const otherBox = h("input", { type, name });
  const boxes = question.options.map((option) => ({ label: option.label, box: h("input", { type, name, value: option.label }), description: option.description }));
  other.addEventListener("input", () => {
    if (other.value) otherBox.checked = true;
    onChange();
  });
  const choices = boxes.map(({ label, box, description }) =>
    h("label", { class: "choice", dir: "auto" }, box, h("span", { class: "text" }, label, description ? h("small", null, description) : null)),
  );
  const node = h(
    "fieldset",
    { class: "question", on: { change: onChange } },
    h("legend", { dir: "auto" }, header, question.question),
    h("div", { class: "options" }, choices, h("label", { class: "choice" }, otherBox, h("span", { class: "text grow" }, "Other", other))),
  );
  const answer = () => {
    const chosen = boxes.filter(({ box }) => box.checked).map(({ label }) => label);
    if (otherBox.checked && other.value.trim()) chosen.push(other.value.trim());
    return chosen.join(", ");
  };
  return { node, key, answer };
}

/** @param {Question} question @param {string} key @param {import("../dom.js").Child} header @param {() => void} onChange @returns {Field} */
function textField(question, key, header, onChange) {
  const id = uniqueId("answer");
  const input = question.isSecret
    ? h("input", { class: "input", id, type: "password", autocomplete: "off", on: { input: onChange } })
    : h("textarea", { class: "input", dir: "auto", id, rows: 2, on: { input: onChange } });
  const note = question.isSecret && h("span", { class: "hint muted" }, icon("lock", "small"), " Goes to the agent and is not stored.");
  return { node: h("div", { class: "question" }, h("label", { class: "legend", dir: "auto", for: id }, header, question.question), input, note), key, answer: () => input.value.trim() };
}
