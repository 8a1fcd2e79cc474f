// Projects: a name and the folder in which agents work.

import { ask, get, sentence } from "../../api.js";
import { button, h, icon, iconButton, uniqueId } from "../../dom.js";
import { confirmDialog } from "../../menus.js";
import { toast } from "../../toasts.js";
import { loaded } from "./loading.js";

/**
 * @typedef {import("../../app.js").App} App
 * @typedef {import("../../types.js").Project} Project
 */

const PROJECTS = "/api/projects";

/** @param {App} app @returns {HTMLElement} */
export function projectsSection(app) {
  const list = loaded(async () => {
    await app.loadProjects();
    const projects = app.projects.value;
    if (projects.length === 0) return h("div", { class: "empty" }, icon("folder-open"), h("h3", null, "No projects yet"), h("p", null, "A project names a folder on this machine. Its conversations work there, share its rules, and know its instructions."));
    return projects.map((project) => card(project, () => void list.reload()));
  });
  return h("div", { class: "sections" }, list.node, addForm(() => void list.reload()));
}

/** @param {Project} project @param {() => void} onChange */
function card(project, onChange) {
  const facts = h("p", { class: "muted" });
  if (project.workingDirectory) void describe(project.id, facts);
  const remove = async () => {
    try {
      await ask("DELETE", `${PROJECTS}/${project.id}`);
    } catch (error) {
      toast(sentence(error), { isError: true });
    }
    onChange();
  };
  return h(
    "section",
    { class: "card" },
    h("div", { class: "card-head" }, h("h3", null, project.name), iconButton("trash", `Delete ${project.name}`, () =>
      confirmDialog(`Delete ${project.name}?`, "Its rules are removed. Its conversations and files stay.", "Delete project", () => void remove()))),
    project.workingDirectory && h("code", null, project.workingDirectory),
    project.description && h("p", null, project.description),
    facts,
  );
}

/** @param {string} id @param {HTMLElement} node */
async function describe(id, node) {
  try {
    const found = await get(`${PROJECTS}/${id}/environment`);
    const facts = found.facts ?? {};
    const languages = (facts.languages ?? []).map((/** @type {any} */ one) => one.name ?? one).slice(0, 4).join(", ");
    node.textContent = [found.state === "scanning" && "Looking at the folder…", facts.git?.branch && `branch ${facts.git.branch}`, languages, found.problem].filter(Boolean).join(" · ");
  } catch {
    node.remove(); // the facts are a help; the project is there without them
  }
}

/** @param {() => void} onChange */
function addForm(onChange) {
  const field = (/** @type {string} */ label, /** @type {string} */ placeholder, more = "") => {
    const id = uniqueId("project");
    const input = h("input", { class: `input ${more}`, id, placeholder, autocomplete: "off" });
    return { input, node: h("div", { class: "field" }, h("label", { class: "label", for: id }, label), input) };
  };
  const name = field("Name", "webshop");
  const folder = field("Folder", "/home/me/webshop", "mono");
  const description = field("What it is (optional)", "Orders, payments and the shop's pages");
  const problem = h("p", { class: "problem-line", role: "alert", hidden: true });
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    problem.hidden = true;
    try {
      await ask("POST", PROJECTS, { name: name.input.value.trim(), workingDirectory: folder.input.value.trim() || null, description: description.input.value.trim() || null });
      for (const { input } of [name, folder, description]) input.value = "";
      onChange();
    } catch (error) {
      problem.textContent = sentence(error);
      problem.hidden = false;
    }
  };
  return h("form", { class: "card", on: { submit } }, h("h3", null, "Add a project"), name.node, folder.node, description.node, h("div", null, button("Add project", () => {}, { type: "submit" })), problem);
}
