// What agents may do without asking: the rules, a new one, and a try of a tool call against them.

import { ask, get, sentence } from "../../api.js";
import { fill, h, icon, iconButton, time } from "../../dom.js";
import { field, form, input, segments, select } from "../../forms.js";
import { plural } from "../../format.js";
import { toast } from "../../toasts.js";
import { chip } from "../chip.js";
import { loaded } from "../loaded.js";
import { shown } from "../shown.js";
import { withCode } from "../with-code.js";
import { numberSetting } from "./saved-setting.js";

/**
 * @typedef {import("../../app.js").App} App
 * @typedef {{id: string, pattern: string, behavior: "allow" | "deny" | "ask", projectId: string | null, createdAt: string,
 *   expiresAt: string | null, uses: number}} Rule
 */

const BEHAVIORS = {
  allow: { label: "Allow", icon: "circle-check", kind: "ok" },
  deny: { label: "Deny", icon: "circle-slash", kind: "danger" },
  ask: { label: "Ask", icon: "message-circle-question-mark", kind: "warn" },
};

/** What each tool is told, for the try: the field that decides, and what else it cannot do without. */
const TOOLS = [
  { name: "Bash", field: "command", label: "Command", example: "git push --force", rest: {} },
  { name: "Read", field: "file_path", label: "File", example: "src/app.py", rest: {} },
  { name: "Edit", field: "file_path", label: "File", example: "src/app.py", rest: { old_string: "a", new_string: "b" } },
  { name: "Write", field: "file_path", label: "File", example: "src/app.py", rest: { content: "" } },
  { name: "WebFetch", field: "url", label: "Address", example: "https://example.com/page", rest: {} },
];

/** @param {App} app @returns {import("../../dom.js").Child} */
export function permissionsSection(app) {
  const rules = loaded(async () => {
    const found = /** @type {Rule[]} */ (await get("/api/permissions"));
    return found.length === 0 ? none() : list(found.reverse());
  });

  /** @param {Rule[]} found */
  const list = (found) => h("ul", { class: "entries", "aria-label": "Rules" }, found.map((rule) => h(
    "li",
    null,
    behaviorChip(rule.behavior),
    h("div", { class: "entry-text" }, h("code", { class: "mono" }, shown(rule.pattern)), h("small", null, scope(app, rule.projectId), " · ", rule.uses === 0 ? "never used" : `used ${plural(rule.uses, "time")}`, " · saved ", time(rule.createdAt), rule.expiresAt && [" · until ", time(rule.expiresAt)])),
    iconButton("trash", `Remove the rule ${rule.pattern}`, () => void remove(rule)),
  )));

  /** @param {Rule} rule */
  const remove = async (rule) => {
    try {
      await ask("DELETE", `/api/permissions/${rule.id}`); // at once: a rule that is to go shall not hold ten seconds more
      await rules.reload();
      const { pattern, behavior, projectId, expiresAt } = rule;
      toast(`Removed ${pattern}.`, { ms: 10_000, action: { label: "Undo", run: () => void save({ pattern, behavior, projectId, expiresAt }) } });
    } catch (error) {
      toast(sentence(error), { isError: true });
    }
  };

  /** @param {Record<string, unknown>} rule */
  const save = async (rule) => {
    try {
      await ask("POST", "/api/permissions", rule);
      await rules.reload();
    } catch (error) {
      toast(sentence(error), { isError: true });
    }
  };

  return [
    h("p", { class: "lead" }, "Agents read what lies in their folder; for everything else a rule decides, or you do. Deny comes before ask, and ask before allow."),
    rules.node,
    h("section", null, h("h3", null, "Add a rule"), newRule(app, () => rules.reload())),
    h("section", null, h("h3", null, "Try a tool call"), h("p", { class: "hint" }, "Nothing is run: it only tells what the rules say."), tryForm(app)),
    h("section", null, h("h3", null, "While you are away"), loaded(async () => {
      const { permissionTimeoutSeconds } = await get("/api/settings");
      return numberSetting("Requests wait for you (minutes)", "After that they count as denied, and the agent goes on without. 0 for ever.", "permissionTimeoutSeconds", permissionTimeoutSeconds, { unit: 60 });
    }, 1).node),
  ];
}

const none = () => h("div", { class: "nothing" }, icon("shield"), h("p", null, "There are no rules yet. “Always allow” in a permission card saves one, or add one below."));

/** @param {keyof typeof BEHAVIORS} behavior */
const behaviorChip = (behavior) => chip(BEHAVIORS[behavior].label, BEHAVIORS[behavior].kind, BEHAVIORS[behavior].icon);

/** @param {App} app @param {string | null} projectId */
const scope = (app, projectId) => (projectId === null ? "Everywhere" : `In ${app.projectName(projectId) ?? "an archived project"}`);

/** @param {App} app */
const projectSelect = (app) => {
  const node = select([], "");
  const draw = () => {
    const chosen = node.value;
    fill(node, h("option", { value: "" }, "Everywhere"), app.projects.value.map((project) => h("option", { value: project.id, selected: project.id === chosen }, project.name)));
  };
  draw();
  node.addEventListener("focus", draw);
  return node;
};

/** @param {App} app @param {() => Promise<void>} onSaved */
function newRule(app, onSaved) {
  const pattern = input({ class: "mono", placeholder: "Bash(git diff *)", spellcheck: "false", autocapitalize: "off", maxlength: 1000 });
  const project = projectSelect(app);
  let behavior = "allow";
  const choice = segments("What the rule does", Object.entries(BEHAVIORS).map(([value, { label }]) => ({ value, label })), behavior, (value) => {
    behavior = value;
  });
  return form(
    [
      field("Pattern", pattern, ["A tool, or a tool with what it is given: ", h("code", null, "Bash(npm run *)"), ", ", h("code", null, "Edit(src/**)"), ", ", h("code", null, "WebFetch(domain:example.com)"), "."]),
      h("div", { class: "form-line" }, choice, h("div", { class: "grow" }, field("Where it holds", project))),
    ],
    "Add the rule",
    async () => {
      await ask("POST", "/api/permissions", { pattern: pattern.value.trim(), behavior, projectId: project.value || null });
      pattern.value = "";
      await onSaved();
      pattern.focus();
    },
    { label: "Add a rule" },
  );
}

/** @param {App} app */
function tryForm(app) {
  const tool = select(TOOLS.map(({ name }) => ({ value: name, label: name })), "Bash");
  const value = input({ class: "mono", spellcheck: "false", autocapitalize: "off" });
  const valueField = field("Command", value);
  const project = projectSelect(app);
  const verdict = h("div", { role: "status" });
  const chosen = () => TOOLS.find((one) => one.name === tool.value) ?? TOOLS[0];
  const label = () => {
    const { label, example } = chosen();
    const node = valueField.querySelector(".label");
    if (node) node.textContent = label;
    value.placeholder = example;
    fill(verdict);
  };
  tool.addEventListener("change", label);
  label();
  return form(
    [h("div", { class: "form-line" }, field("Tool", tool), h("div", { class: "grow" }, valueField)), field("In", project), verdict],
    "Try it",
    async () => {
      const { name, field: fieldName, rest } = chosen();
      fill(verdict);
      const said = await ask("POST", "/api/permissions/test", { toolName: name, toolInput: { ...rest, [fieldName]: value.value }, projectId: project.value || null });
      fill(verdict, h("div", { class: "notice neutral" }, behaviorChip(said.behavior), h("div", { class: "body" }, h("span", null, withCode(said.why)), said.rule && h("code", { class: "mono" }, shown(said.rule.pattern)))));
    },
    { label: "Try a tool call" },
  );
}
