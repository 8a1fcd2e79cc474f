// All tasks, and the form that makes or changes one.

import { ask, page } from "../../api.js";
import { button, fill, h, icon, time } from "../../dom.js";
import { field, formDialog, input, segments, select } from "../../forms.js";
import { chip } from "../chip.js";
import { loaded } from "../loaded.js";

/**
 * @typedef {import("../../app.js").App} App
 * @typedef {import("../../dom.js").Child} Child
 * @typedef {{id: string, projectId: string | null, title: string, description: string | null, status: string,
 *   priority: string, result: string | null, conversationId: string | null, createdAt: string, updatedAt: string}} Task
 */

/** @type {Record<string, [label: string, kind: string, icon: string]>} */
const STATUSES = {
  planned: ["Planned", "neutral", "circle-dashed"],
  queued: ["Queued", "neutral", "clock"],
  running: ["Running", "neutral", "loader-circle"],
  completed: ["Completed", "ok", "circle-check"],
  failed: ["Failed", "danger", "circle-x"],
  cancelled: ["Cancelled", "neutral", "circle-slash"],
};

export const STATUS_NAMES = Object.entries(STATUSES).map(([value, [label]]) => ({ value, label }));
export const PRIORITIES = [{ value: "high", label: "High" }, { value: "medium", label: "Medium" }, { value: "low", label: "Low" }];
const PAGE = 50;

/** @param {string} status */
export function statusChip(status) {
  const [label, kind, name] = STATUSES[status] ?? [status, "neutral", "circle"];
  return chip(label, kind, name);
}

/** @param {App} app @param {import("./page.js").Frame} frame @returns {Promise<Child>} */
export async function tasksPage(app, frame) {
  let status = "";
  const list = loaded(async () => {
    const { rows, next } = await page(`/api/tasks?limit=${PAGE}${status && `&status=${status}`}`);
    if (rows.length === 0) return h("div", { class: "nothing" }, icon("list-todo"), h("p", null, status ? "None of these." : "A task is a piece of work that you or an agent note down. An agent can do it by itself, in a conversation of its own."));
    const node = taskList(app, rows);
    return [node, next && moreButton(next, (more) => node.append(...more.map((task) => taskRow(app, task))))];
  });
  const choices = [{ value: "", label: "All" }, ...STATUS_NAMES.filter(({ value }) => ["planned", "running", "completed", "failed"].includes(value))];
  return [
    h("div", { class: "lead-line" },
      segments("Which tasks", choices, status, (value) => {
        status = value;
        void list.reload();
      }),
      h("span", { class: "grow" }),
      button([icon("plus"), "Add a task"], () => openTask(app, {}, frame.reload))),
    list.node,
  ];
}

/** @param {App} app @param {Task[]} tasks */
export const taskList = (app, tasks) => h("ul", { class: "entries", "aria-label": "Tasks" }, tasks.map((task) => taskRow(app, task)));

/** @param {App} app @param {Task} task */
const taskRow = (app, task) =>
  h("li", null,
    h("div", { class: "entry-text" }, h("a", { href: `/tasks/${task.id}`, dir: "auto" }, task.title), h("small", null, [app.projectName(task.projectId), task.priority !== "medium" && `${task.priority} priority`].filter(Boolean).join(" · "), (task.projectId || task.priority !== "medium") && " · ", time(task.updatedAt))),
    statusChip(task.status));

/**
 * Appends the next pages of a list, one with each press.
 * @param {string} first address of the next page
 * @param {(rows: any[]) => void} show
 */
export function moreButton(first, show) {
  const node = h("div", null);
  const draw = (/** @type {string | null} */ next) => fill(node, next && button("Show more", async () => {
    const found = await page(next);
    show(found.rows);
    draw(found.next);
  }));
  draw(first);
  return node;
}

/**
 * Asks for what makes a task.
 * @param {App} app
 * @param {Partial<Task>} task the one to change; without an id, a new one that begins like this
 * @param {() => Promise<void>} onSaved
 */
export function openTask(app, task, onSaved) {
  const title = input({ prop: { value: task.title ?? "" }, maxlength: 500 });
  const description = h("textarea", { class: "input", rows: 6, prop: { value: task.description ?? "" } });
  const project = select([{ value: "", label: "No project" }, ...app.projects.value.map(({ id, name }) => ({ value: id, label: name }))], task.projectId ?? "");
  const priority = select(PRIORITIES, task.priority ?? "medium");
  formDialog(
    task.id ? "Edit the task" : "Add a task",
    [field("Title", title), field("What is to be done", description, "The agent gets this as its first message."), h("div", { class: "form-line" }, h("div", { class: "grow" }, field("Project", project)), h("div", { class: "grow" }, field("Priority", priority)))],
    task.id ? "Save" : "Add",
    async () => {
      const body = { title: title.value.trim(), description: description.value.trim() || null, projectId: project.value || null, priority: priority.value };
      await ask(task.id ? "PATCH" : "POST", task.id ? `/api/tasks/${task.id}` : "/api/tasks", body);
      await onSaved();
    },
  );
}
