// Where a new conversation begins: the composer, and prompts to start with.

import { CONVERSATIONS, ask, get, sentence } from "../api.js";
import { button, fill, h, icon, iconButton } from "../dom.js";
import { saveDraft } from "../drafts.js";
import { openMenu } from "../menus.js";
import { catalogue, defaultChoice, isOffline, loadCatalogue, remember } from "../models.js";
import { placeName } from "../places.js";
import { toast } from "../toasts.js";
import { Composer } from "./composer.js";
import { connectList } from "./connect.js";
import { ModelPicker } from "./model-picker.js";
import { otherAgents } from "./other-agents.js";
import { openShortcuts } from "./shortcuts.js";

/** @typedef {import("../app.js").App} App */

const DRAFT = "new";

export class HomeView {
  /** @param {App} app */
  constructor(app) {
    this._app = app;
    /** @type {import("./model-picker.js").Choice | null} */
    this._choice = null;
    /** @type {string | null} */
    this._projectId = app.startIn ?? app.feed.filter.value.projectId;
    app.startIn = null;
    this.picker = new ModelPicker((model) => {
      remember(model);
      this._choose({ runtimeId: model.runtimeId, modelId: model.runtimeId === "offline" ? null : model.id });
    }, (path) => app.go(path));
    this._project = h("button", { type: "button", class: "button quiet", "aria-haspopup": "menu", "aria-expanded": "false", on: { click: () => this._openProjects() } });
    this.composer = new Composer(DRAFT, {
      send: (content, extras) => this._send(content, extras),
      stop: () => {},
      history: { written: () => [], loadOlder: async () => false },
      scope: () => (this._projectId === null ? "" : `&projectId=${encodeURIComponent(this._projectId)}`),
      commands: () => [
        { name: "model", label: "Choose another model", icon: "cpu", run: () => this.picker.open() },
        { name: "permissions", label: "See what is allowed and denied", icon: "shield", run: () => app.go("/settings/permissions") },
        { name: "help", label: "Keys and commands", icon: "keyboard", run: () => openShortcuts() },
      ],
      tools: [this.picker.node, this._project],
    });
    this._connect = h("section", { class: "connect", hidden: true });
    this._prompts = h("section", { "aria-label": "Prompts to start with" });
    const head = h("header", { class: "topbar bare" }, iconButton("panel-left", "Show the sidebar", () => app.toggleSidebar(), { class: "show-sidebar" }), h("span", { class: "grow" }));
    this.node = [
      head,
      h("div", { class: "home" }, h("div", null, h("h1", null, "What shall we work on?"), h("p", { class: "lead" }, "The agent works in your folder and asks before it changes anything.")), this._connect, this._prompts),
      this.composer.node,
    ];
    document.title = "New chat – stagent";
    this._watches = [
      catalogue.watch((known) => {
        if (!known) return;
        this._choose(this._choice ?? defaultChoice(known));
        this._drawConnect(known);
      }),
      app.projects.watch(() => this._drawProject()),
    ];
    void this._load();
  }

  /** Stops watching. */
  close() {
    this.picker.close();
    for (const stop of this._watches) stop();
  }

  /** Puts the caret where a person writes. */
  focus() {
    this.composer.field.focus();
  }

  /** @returns {boolean} */
  key() {
    return false;
  }

  async _load() {
    try {
      const [categories] = await Promise.all([get("/api/chat/suggested-prompts"), loadCatalogue()]);
      this._drawPrompts(categories, 0);
    } catch (error) {
      toast(sentence(error), { isError: true });
    }
  }

  /** @param {import("./model-picker.js").Choice} choice */
  _choose(choice) {
    this._choice = choice;
    this.picker.show(choice);
  }

  /** @param {string} content @param {import("./composer.js").Extras} extras */
  async _send(content, extras) {
    if (!this._choice) {
      await loadCatalogue();
      this._choice = defaultChoice(/** @type {import("../models.js").Catalogue} */ (catalogue.value));
    }
    const created = await ask("POST", CONVERSATIONS, { ...this._choice, projectId: this._projectId });
    saveDraft(DRAFT, { text: "", mentions: [], documents: [] });
    this._app.openNew(created, content, extras);
  }

  _openProjects() {
    const projects = this._app.projects.value;
    openMenu(this._project, [
      { label: "No project", hint: "Works in an empty folder of its own", isChecked: this._projectId === null, run: () => this._setProject(null) },
      ...projects.map((project) => ({ label: project.name, hint: project.workingDirectory ? placeName(project.workingDirectory) : undefined, isChecked: project.id === this._projectId, run: () => this._setProject(project.id) })),
      { label: "Add a project…", run: () => this._app.go("/settings/projects") },
    ]);
  }

  /** @param {string | null} id */
  _setProject(id) {
    this._projectId = id;
    this._drawProject();
  }

  _drawProject() {
    fill(this._project, icon("folder", "small"), h("span", { class: "truncate" }, this._app.projectName(this._projectId) ?? "No project"), icon("chevron-down", "small"));
  }

  /** @param {import("../models.js").Catalogue} known */
  _drawConnect(known) {
    this._connect.hidden = !isOffline(known);
    if (this._connect.hidden) return;
    fill(
      this._connect,
      h("h2", null, "No model is connected yet"),
      h("p", { class: "muted" }, "Until then the offline tools answer, with a few commands of an agent. Send “help” to see them."),
      connectList(known.runtimes, () => {
        this._choice = null; // the offline tools were only taken for want of a model
        this._choose(defaultChoice(/** @type {import("../models.js").Catalogue} */ (catalogue.value)));
        this.composer.field.focus();
      }),
      otherAgents(known.runtimes),
    );
  }

  /** @param {{id: string, label: string, icon: string, prompts: {label: string, prompt: string}[]}[]} categories @param {number} chosen */
  _drawPrompts(categories, chosen) {
    const tabs = categories.map((category, index) => {
      const choose = () => {
        this._drawPrompts(categories, index);
        /** @type {HTMLElement | undefined} */ (this._prompts.querySelectorAll("[role=tab]")[index])?.focus();
      };
      return button([icon(category.icon, "small"), category.label], choose, {
        class: "quiet", role: "tab", "aria-selected": String(index === chosen), "aria-controls": "prompts", tabindex: index === chosen ? 0 : -1,
        on: { click: choose, keydown: (/** @type {KeyboardEvent} */ event) => this._tabKey(event, categories, index) },
      });
    });
    const prompts = categories[chosen]?.prompts ?? [];
    fill(
      this._prompts,
      h("div", { class: "categories", role: "tablist", "aria-label": "Kinds of prompts" }, tabs),
      h("div", { class: "prompts", id: "prompts", role: "tabpanel", "aria-label": categories[chosen]?.label }, prompts.map((prompt) =>
        h("button", { type: "button", class: "prompt", title: prompt.prompt, on: { click: () => this.composer.setText(prompt.prompt) } }, prompt.label))),
    );
  }

  /** @param {KeyboardEvent} event @param {any[]} categories @param {number} index */
  _tabKey(event, categories, index) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = (index + step + categories.length) % categories.length;
    this._drawPrompts(categories, next);
    const tab = this._prompts.querySelectorAll("[role=tab]")[next];
    if (tab instanceof HTMLElement) tab.focus();
  }
}
