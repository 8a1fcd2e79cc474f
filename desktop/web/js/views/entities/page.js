// The frame of the pages about one thing, or about all things of a kind.

import { ApiError } from "../../api.js";
import { h, icon, iconButton } from "../../dom.js";
import { loaded } from "../loaded.js";
import { documentPage } from "./document.js";
import { documentsPage } from "./documents.js";
import { filePage } from "./file.js";
import { projectPage } from "./project.js";
import { taskPage } from "./task.js";
import { tasksPage } from "./tasks.js";

/**
 * @typedef {import("../../app.js").App} App
 * @typedef {import("../../dom.js").Child} Child
 * @typedef {{path: string, reload: () => Promise<void>, setTitle: (title: string) => void, onClose: (run: () => void) => void}} Frame
 *   `path`: of a file, else empty; `reload` shows the page as it is now; `onClose` is called when the person leaves it
 */

/** @type {Record<string, {label: string, gone: string, all: (id: string) => string, one: (app: App, id: string, frame: Frame) => Promise<Child>}>} */
const ONE = {
  projects: { label: "Project", gone: "This project is gone", all: () => "/settings/projects", one: projectPage },
  tasks: { label: "Task", gone: "This task is gone", all: () => "/tasks", one: taskPage },
  documents: { label: "Document", gone: "This document is gone", all: () => "/documents", one: documentPage },
  files: { label: "File", gone: "There is no such file any more", all: (id) => `/conversations/${id}`, one: filePage },
};

/** @type {Record<string, {label: string, all: (app: App, frame: Frame) => Promise<Child>}>} */
const ALL = {
  tasks: { label: "Tasks", all: tasksPage },
  documents: { label: "Documents", all: documentsPage },
};

export class EntityView {
  /** @param {App} app @param {string} section @param {string | null} id null for all of them @param {string} [path] of a file */
  constructor(app, section, id, path = "") {
    const { label } = id === null ? ALL[section] : ONE[section];
    /** @type {(() => void)[]} */
    this._closers = [];
    const setTitle = (/** @type {string} */ title) => {
      document.title = `${title} – stagent`;
    };
    setTitle(label);
    const frame = { path, setTitle, reload: () => content.reload(), onClose: (/** @type {() => void} */ run) => void this._closers.push(run) };
    const content = loaded(async () => {
      for (const close of this._closers.splice(0)) close();
      try {
        return id === null ? await ALL[section].all(app, frame) : await ONE[section].one(app, id, frame);
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 404) || id === null) throw error;
        return h("div", { class: "empty" }, icon("compass"), h("h2", null, ONE[section].gone), h("a", { class: "button", href: ONE[section].all(id) }, section === "files" ? "Open the conversation" : "See all"));
      }
    }, 6);
    this.node = [
      h("header", { class: "topbar" }, iconButton("panel-left", "Show the sidebar", () => app.toggleSidebar(), { class: "show-sidebar" }), h("h1", null, label)),
      h("div", { class: "page-scroll", tabindex: -1 }, h("div", { class: "page entity" }, content.node)),
    ];
  }

  /** Stops watching. */
  close() {
    for (const close of this._closers) close();
  }

  /** Reads from the top. */
  focus() {
    this.node[1].focus({ preventScroll: true });
  }

  /** @returns {boolean} */
  key() {
    return false;
  }
}
