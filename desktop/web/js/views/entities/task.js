// One task: what is to be done, how it stands, and what came of it.

import { ApiError, CONVERSATIONS, ask, get, sentence } from "../../api.js";
import { button, h, icon, iconButton, time } from "../../dom.js";
import { setHtml } from "../../html.js";
import { openMenu } from "../../menus.js";
import { toast, undoable } from "../../toasts.js";
import { dress } from "../text.js";
import { STATUS_NAMES, openTask, statusChip } from "./tasks.js";

/**
 * @typedef {import("../../app.js").App} App
 * @typedef {import("./tasks.js").Task} Task
 */

/** @param {App} app @param {string} id @param {import("./page.js").Frame} frame @returns {Promise<import("../../dom.js").Child>} */
export async function taskPage(app, id, frame) {
  const path = `/api/tasks/${encodeURIComponent(id)}`;
  // Watched before it is asked for: a short run can be over before the answer is here.
  const seen = app.feed.taskChanges.value;
  frame.onClose(app.feed.taskChanges.watch((changes) => void (changes !== seen && frame.reload())));
  const task = /** @type {Task} */ (await get(path));
  frame.setTitle(task.title);
  const isBusy = ["queued", "running"].includes(task.status) && task.conversationId !== null;
  const act = async (/** @type {() => Promise<unknown>} */ run) => {
    try {
      await run();
    } catch (error) {
      toast(sentence(error), { isError: true });
    }
    await frame.reload();
  };
  const run = () => act(async () => {
    const { conversation } = await ask("POST", `${path}/run`);
    toast("An agent works on it.", { action: { label: "Watch", run: () => app.go(`/conversations/${conversation.id}`) } });
  });
  const remove = () => {
    app.go("/tasks");
    undoable(`Deleted ${task.title}.`, () => void ask("DELETE", path).catch((error) => toast(sentence(error), { isError: true })), () => app.go(`/tasks/${id}`));
  };
  const more = iconButton("ellipsis", "More about this task", () => openMenu(more, [
    { label: "Edit…", icon: "pencil", run: () => openTask(app, task, frame.reload) },
    { group: "Set the status" },
    ...STATUS_NAMES.filter(({ value }) => value !== task.status && !["queued", "running"].includes(value)).map(({ value, label }) => ({ label, icon: "circle", isDisabled: isBusy, run: () => void act(() => ask("PATCH", path, { status: value })) })),
    "line",
    { label: "Delete", icon: "trash", isDanger: true, isDisabled: isBusy, run: remove },
  ]), { "aria-haspopup": "menu", "aria-expanded": "false" });
  return [
    h("div", { class: "entity-head" },
      h("h2", { class: "wrap", dir: "auto" }, task.title),
      h("p", { class: "small muted facts-line" }, statusChip(task.status), h("span", null, `${task.priority} priority`), task.projectId && h("a", { href: `/projects/${task.projectId}` }, app.projectName(task.projectId) ?? "Its project"), h("span", null, "changed ", time(task.updatedAt))),
      h("div", { class: "actions" },
        !isBusy && button([icon("zap"), task.conversationId ? "Run again" : "Run"], () => void run()),
        task.conversationId && h("a", { class: "button", href: `/conversations/${task.conversationId}` }, icon("message-square"), isBusy ? "Watch the agent" : "Open its conversation"),
        more)),
    h("section", null, h("h3", null, "What is to be done"), task.description ? h("p", { class: "long-text", dir: "auto" }, task.description) : h("p", { class: "hint" }, "The title says it all.")),
    task.result && h("section", null, h("h3", null, task.status === "failed" ? "What went wrong" : "Result"), await resultPart(task)),
  ];
}

/** The result as the daemon rendered it in the conversation; as plain text where that is gone or has other words. @param {Task} task */
async function resultPart(task) {
  const plain = h("p", { class: "long-text", dir: "auto" }, task.result);
  if (task.status !== "completed" || task.conversationId === null) return plain;
  try {
    const rows = await get(`${CONVERSATIONS}/${task.conversationId}/messages?limit=5&render=html`);
    const answer = rows.find((/** @type {import("../../types.js").Message} */ row) => row.role === "assistant");
    if (answer?.content.trim() !== task.result?.trim() || !answer?.rendered) return plain;
    return answer.rendered.map((/** @type {{html: string}} */ stretch) => {
      const node = h("div", { class: "prose" });
      setHtml(node, stretch.html);
      dress(node);
      return node;
    });
  } catch (error) {
    if (error instanceof ApiError) return plain;
    throw error;
  }
}
