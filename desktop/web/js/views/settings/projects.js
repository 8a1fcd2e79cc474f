// Projects: the folders in which agents work.

import { ask, get, sentence } from "../../api.js";
import { button, h, icon, iconButton } from "../../dom.js";
import { field, formDialog, input } from "../../forms.js";
import { openMenu } from "../../menus.js";
import { placeName } from "../../places.js";
import { toast, undoable } from "../../toasts.js";
import { chip } from "../chip.js";
import { loaded } from "../loaded.js";

/**
 * @typedef {import("../../app.js").App} App
 * @typedef {import("../../types.js").Project} Project
 */

/** @param {App} app @returns {import("../../dom.js").Child} */
export function projectsSection(app) {
  /** @type {Set<string>} those whose deletion can still be undone */
  const hidden = new Set();
  const rows = loaded(async () => {
    const found = /** @type {Project[]} */ (await get("/api/projects?limit=500")).filter((project) => !hidden.has(project.id));
    return found.length === 0
      ? h("div", { class: "nothing" }, icon("folder"), h("p", null, "A project is a folder that agents work in, with its own permissions and instructions."), button("Add a project", add))
      : h("ul", { class: "entries", "aria-label": "Projects" }, found.map(row));
  });
  const changed = async () => {
    await Promise.all([rows.reload(), app.loadProjects()]);
  };
  const add = () => openProject(null, changed);

  /** @param {Project} project */
  const row = (project) => {
    const more = iconButton("ellipsis", `More about ${project.name}`, () => openMenu(more, [
      { label: "Edit…", icon: "pencil", run: () => openProject(project, changed) },
      { label: project.status === "archived" ? "Make active" : "Archive", icon: "archive", run: () => void change(project, { status: project.status === "archived" ? "active" : "archived" }) },
      "line",
      { label: "Delete", icon: "trash", isDanger: true, run: () => remove(project) },
    ]), { "aria-haspopup": "menu", "aria-expanded": "false" });
    return h(
      "li",
      null,
      icon(project.status === "archived" ? "archive" : "folder"),
      h("div", { class: "entry-text" }, h("a", { href: `/projects/${project.id}`, dir: "auto" }, project.name), h("small", { class: "truncate" }, project.workingDirectory ? placeName(project.workingDirectory) : "No folder")),
      project.status === "archived" && chip("Archived"),
      more,
    );
  };

  /** @param {Project} project @param {Record<string, unknown>} changes */
  const change = async (project, changes) => {
    try {
      await ask("PATCH", `/api/projects/${project.id}`, changes);
      await changed();
    } catch (error) {
      toast(sentence(error), { isError: true });
    }
  };

  /** @param {Project} project */
  const remove = (project) => {
    hidden.add(project.id);
    void rows.reload();
    undoable(
      `Deleted ${project.name}. Its conversations and files stay.`,
      () => void ask("DELETE", `/api/projects/${project.id}`).then(() => app.loadProjects(), (error) => toast(sentence(error), { isError: true })),
      () => {
        hidden.delete(project.id);
        void rows.reload();
      },
    );
  };

  return [
    h("div", { class: "lead-line" }, h("p", { class: "lead" }, "Agents of a project work in its folder and keep its rules."), button([icon("plus"), "Add a project"], add)),
    rows.node,
  ];
}

/**
 * Asks for what makes a project.
 * @param {Project | null} project the one to change; null for a new one
 * @param {(project: Project) => Promise<void>} onSaved
 */
export function openProject(project, onSaved) {
  const name = input({ prop: { value: project?.name ?? "" }, maxlength: 200 });
  const folder = input({ class: "mono", prop: { value: project?.workingDirectory ?? "" }, placeholder: "/home/me/code/webshop", spellcheck: "false", autocapitalize: "off" });
  const description = h("textarea", { class: "input", rows: 3, prop: { value: project?.description ?? "" } });
  formDialog(
    project ? "Edit the project" : "Add a project",
    [field("Name", name), field("Folder", folder, "The whole path. Agents work here, and ask before they touch anything outside of it."), field("What it is about", description, "Agents are told this. Optional.")],
    project ? "Save" : "Add",
    async () => {
      const body = { name: name.value.trim(), workingDirectory: folder.value.trim() || null, description: description.value.trim() || null };
      await onSaved(await ask(project ? "PATCH" : "POST", project ? `/api/projects/${project.id}` : "/api/projects", body));
    },
  );
}
