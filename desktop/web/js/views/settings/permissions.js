// The rules that answer for the person, and a way to try them.

import { ask, get, sentence } from "../../api.js";
import { button, fill, h, icon, iconButton, time } from "../../dom.js";
import { plural } from "../../format.js";
import { toast, undoable } from "../../toasts.js";
import { loaded } from "./loading.js";

/**
 * @typedef {import("../../app.js").App} App
 * @typedef {{id: string, pattern: string, behavior: "allow" | "deny" | "ask", projectId: string | null, createdAt: string, uses: number}} Rule
 */

const RULES = "/api/permissions";
const LABELS = { allow: ["Allow", "ok", "circle-check"], deny: ["Deny", "danger", "circle-slash"], ask: ["Ask", "neutral", "circle-dot"] };

/** @param {App} app @returns {HTMLElement} */
export function permissionsSection(app) {
  const list = loaded(async () => {
    /** @type {Rule[]} */
    const rules = await get(RULES);
    if (rules.length === 0) return h("div", { class: "empty" }, icon("shield"), h("h3", null, "No rules yet"), h("p", null, "Until there are some, every change and every command asks you. “Always…” in a permission card makes a rule, or add one below."));
    return h("ul", { class: "rows", "aria-label": "Rules" }, rules.map((rule) => row(app, rule, () => void list.reload())));
  });
  return h("div", { class: "sections" }, list.node, addForm(app, () => void list.reload()), testForm(app));
}

/** @param {"allow" | "deny" | "ask"} behavior */
function behaviorChip(behavior) {
  const [label, kind, name] = LABELS[behavior];
  return h("span", { class: `chip ${kind}` }, icon(name, "small"), label);
}

/** @param {App} app @param {Rule} rule @param {() => void} onChange */
function row(app, rule, onChange) {
  const node = h(
    "li",
    { class: "row-item" },
    behaviorChip(rule.behavior),
    h("code", { class: "grow" }, rule.pattern),
    h("span", { class: "muted" }, app.projectName(rule.projectId) ?? (rule.projectId ? "A project" : "Everywhere")),
    h("span", { class: "muted numbers", title: "How often it decided" }, rule.uses === 0 ? "never used" : `used ${plural(rule.uses, "time")}`),
    h("span", { class: "muted" }, time(rule.createdAt)),
    iconButton("trash", `Remove ${rule.pattern}`, () => {
      node.hidden = true;
      const run = () => void ask("DELETE", `${RULES}/${rule.id}`).catch((error) => toast(sentence(error), { isError: true })).finally(onChange);
      undoable(`Removed ${rule.pattern}`, run, () => (node.hidden = false));
    }),
  );
  return node;
}

/** @param {App} app @param {() => void} onChange */
function addForm(app, onChange) {
  const pattern = h("input", { class: "input mono", "aria-label": "Pattern", placeholder: "Bash(git diff *)", spellcheck: "false", autocomplete: "off" });
  const behavior = select("What it does", [["allow", "Allow"], ["deny", "Deny"], ["ask", "Ask"]]);
  const scope = select("Where", [["", "Everywhere"], ...app.projects.value.map((project) => /** @type {[string, string]} */ ([project.id, project.name]))]);
  const problem = h("p", { class: "problem-line", role: "alert", hidden: true });
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    problem.hidden = true;
    try {
      await ask("POST", RULES, { pattern: pattern.value.trim(), behavior: behavior.value, projectId: scope.value || null });
      pattern.value = "";
      onChange();
    } catch (error) {
      problem.textContent = sentence(error);
      problem.hidden = false;
    }
  };
  return h("form", { class: "card", on: { submit } }, h("h3", null, "Add a rule"), h("div", { class: "row" }, behavior, pattern, scope, h("button", { type: "submit", class: "button" }, "Add")), h("span", { class: "hint muted" }, "Deny beats ask, and ask beats allow."), problem);
}

/** @param {App} app */
function testForm(app) {
  const tool = select("Tool", ["Bash", "Read", "Write", "Edit", "Glob", "Grep", "WebFetch"].map((name) => [name, name]));
  const argument = h("input", { class: "input mono", "aria-label": "Command, path or address", placeholder: "git diff HEAD", spellcheck: "false", autocomplete: "off" });
  const scope = select("Project", [["", "No project"], ...app.projects.value.map((project) => /** @type {[string, string]} */ ([project.id, project.name]))]);
  const verdict = h("div", { class: "verdict", role: "status" });
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    try {
      const found = await ask("POST", `${RULES}/test`, { toolName: tool.value, toolInput: inputOf(tool.value, argument.value), projectId: scope.value || null });
      fill(verdict, behaviorChip(found.behavior), h("span", null, found.why), found.rule && h("code", null, found.rule.pattern));
    } catch (error) {
      fill(verdict, h("span", { class: "problem-line" }, sentence(error)));
    }
  };
  return h("form", { class: "card", on: { submit } }, h("h3", null, "Try the rules"), h("p", { class: "muted" }, "What would happen to a tool call. Nothing is run."), h("div", { class: "row" }, tool, argument, scope, button("Test", () => {}, { type: "submit" })), verdict);
}

/** What the tool would be given. @param {string} tool @param {string} text */
function inputOf(tool, text) {
  if (tool === "Bash") return { command: text };
  if (tool === "WebFetch") return { url: text };
  if (tool === "Glob" || tool === "Grep") return { pattern: "*", path: text };
  if (tool === "Edit") return { file_path: text, old_string: "a", new_string: "b" };
  return tool === "Write" ? { file_path: text, content: "" } : { file_path: text };
}

/** @param {string} label @param {[string, string][]} options value and label */
function select(label, options) {
  return h("select", { class: "input select", "aria-label": label }, options.map(([value, text]) => h("option", { value }, text)));
}
