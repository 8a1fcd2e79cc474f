// One project: what its folder tells, what is done in it, and a way to begin there.

import { CONVERSATIONS, ask, get, sentence } from "../../api.js";
import { button, h, icon, time } from "../../dom.js";
import { plainText, plural } from "../../format.js";
import { placeName } from "../../places.js";
import { toast } from "../../toasts.js";
import { chip } from "../chip.js";
import { titleOf } from "../conversation-row.js";
import { openProject } from "../settings/projects.js";
import { openTask, taskList } from "./tasks.js";

/**
 * @typedef {import("../../app.js").App} App
 * @typedef {import("../../dom.js").Child} Child
 */

const SHOWN = 8;

/** @param {App} app @param {string} id @param {import("./page.js").Frame} frame @returns {Promise<Child>} */
export async function projectPage(app, id, frame) {
  const query = encodeURIComponent(id);
  const [project, environment, conversations, tasks] = await Promise.all([
    get(`/api/projects/${query}`),
    get(`/api/projects/${query}/environment`),
    get(`${CONVERSATIONS}?projectId=${query}&limit=${SHOWN}`),
    get(`/api/tasks?projectId=${query}&limit=${SHOWN}`),
  ]);
  frame.setTitle(project.name);
  const changed = async () => {
    await Promise.all([frame.reload(), app.loadProjects()]);
  };
  return [
    h("div", { class: "entity-head" },
      h("h2", { dir: "auto" }, project.name),
      project.workingDirectory
        ? h("p", { class: "mono muted small wrap", title: project.workingDirectory }, placeName(project.workingDirectory))
        : h("p", { class: "muted small wrap" }, "No folder: agents work in an empty one of their own."),
      project.description && h("p", { class: "wrap", dir: "auto" }, project.description),
      h("div", { class: "actions" },
        button([icon("plus"), "New chat here"], () => app.newChat(id)),
        button([icon("list-todo"), "Add a task"], () => openTask(app, { projectId: id }, frame.reload)),
        button([icon("pencil"), "Edit…"], () => openProject(project, changed), { class: "quiet" }),
        h("a", { class: "button quiet", href: "/settings/permissions" }, icon("shield"), "Rules"))),
    project.workingDirectory && environmentPart(id, environment, frame),
    h("section", null, h("h3", null, "Conversations"),
      conversations.length === 0
        ? h("p", { class: "hint" }, "None yet. What you ask here is answered in this folder.")
        : h("ul", { class: "entries", "aria-label": "Conversations of the project" }, conversations.map((/** @type {import("../../types.js").Conversation} */ one) => h("li", null, icon("message-square"), h("div", { class: "entry-text" }, h("a", { href: `/conversations/${one.id}`, dir: "auto" }, titleOf(one)), h("small", { class: "truncate", dir: "auto" }, plainText(one.lastMessagePreview ?? ""))), h("span", { class: "small muted" }, time(one.updatedAt))))),
      conversations.length === SHOWN && h("div", null, button("Show all in the sidebar", () => app.feed.setFilter({ projectId: id, status: "active" }), { class: "quiet" }))),
    h("section", null, h("h3", null, "Tasks"), tasks.length === 0 ? h("p", { class: "hint" }, "None yet. A task is work that an agent can do by itself.") : taskList(app, tasks)),
  ];
}

/** @param {string} id @param {any} environment @param {import("./page.js").Frame} frame */
function environmentPart(id, environment, frame) {
  const { facts, state, problem, scannedAt } = environment;
  const scan = async () => {
    try {
      await ask("POST", `/api/projects/${encodeURIComponent(id)}/environment/scan`);
      await waitForScan(id);
    } catch (error) {
      toast(sentence(error), { isError: true });
    }
    await frame.reload();
  };
  if (state === "scanning") void waitForScan(id).then(frame.reload, () => undefined);
  return h("section", null,
    h("div", { class: "lead-line" }, h("h3", { class: "grow" }, "What the folder tells"), scannedAt && h("span", { class: "small muted" }, "seen ", time(scannedAt)), button([icon("refresh-cw"), "Look again"], () => void scan(), { class: "quiet" })),
    problem && h("p", { class: "problem" }, problem),
    state === "scanning" && h("p", { class: "hint", role: "status" }, "Looking at the folder…"),
    facts && h("dl", { class: "facts-list" },
      facts.git && fact("Branch", [h("code", null, facts.git.branch ?? "detached"), facts.git.commit && ` at ${facts.git.commit.slice(0, 8)}`]),
      facts.languages.length > 0 && fact("Languages", facts.languages.slice(0, 6).map((/** @type {any} */ one) => `${one.name} ${Math.round(one.share * 100)} %`).join(", ")),
      facts.commands.length > 0 && fact("Commands", facts.commands.map((/** @type {any} */ one) => h("div", null, h("code", null, one.command), " ", h("span", { class: "muted" }, one.purpose)))),
      facts.instructionFiles.length > 0 && fact("Instructions", facts.instructionFiles.map((/** @type {any} */ one) => h("div", null, h("code", null, one.path)))),
      facts.manifests.length > 0 && fact("Packages", facts.manifests.map((/** @type {any} */ one) => h("div", null, h("code", null, one.path), one.name && ` ${one.name}`))),
      facts.skills.length > 0 && fact("Skills", facts.skills.map((/** @type {any} */ one) => one.name).join(", ")),
      facts.mcpServers.length > 0 && fact("MCP servers", [facts.mcpServers.map((/** @type {any} */ one) => one.name).join(", "), " ", h("a", { href: "/settings/mcp" }, "see them")]),
      fact("Files", [plural(facts.files, "file"), !facts.isComplete && [" ", chip("More than were looked at", "neutral", "info")]])));
}

/** @param {string} label @param {Child} value */
const fact = (label, value) => [h("dt", null, label), h("dd", null, value)];

const PAUSE_MS = 400;
const TRIES = 50;

/** Waits until the folder has been looked at; the daemon has no event for it. @param {string} id */
async function waitForScan(id) {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { state } = await get(`/api/projects/${encodeURIComponent(id)}/environment`);
    if (state !== "scanning") return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
