// Starts the page: what there is, who shows what, and which keys do what everywhere.

import { get, sentence } from "./api.js";
import { fill, h, icon, iconButton, refreshTimes } from "./dom.js";
import { Feed } from "./feed.js";
import { globalKey } from "./global-keys.js";
import { loadCatalogue } from "./models.js";
import { watchForNotices } from "./notices.js";
import { Router } from "./router.js";
import { Store } from "./store.js";
import { toast } from "./toasts.js";
import { ConversationView } from "./views/conversation.js";
import { EntityView } from "./views/entities/page.js";
import { HomeView } from "./views/home.js";
import { InboxView } from "./views/inbox.js";
import { watchPictures } from "./views/lightbox.js";
import { SettingsView } from "./views/settings/page.js";
import { Sidebar } from "./views/sidebar.js";

/**
 * @typedef {import("./types.js").Conversation} Conversation
 * @typedef {import("./types.js").Project} Project
 * @typedef {{node: Node[], close: () => void, focus: () => void, key: (event: KeyboardEvent) => boolean,
 *   commands?: () => import("./views/palette.js").Entry[]}} View
 */

export class App {
  constructor() {
    this.feed = new Feed();
    /** @type {Store<Project[]>} */
    this.projects = new Store(/** @type {Project[]} */ ([]));
    this._shell = /** @type {HTMLElement} */ (document.getElementById("app"));
    this._main = /** @type {HTMLElement} */ (document.getElementById("main"));
    this.sidebar = new Sidebar(/** @type {HTMLElement} */ (document.getElementById("sidebar")), this.feed, {
      go: (path) => this.go(path),
      collapse: () => this.toggleSidebar(),
      projects: this.projects,
    });
    /** @type {string | null} the project in which the next chat begins; null for that of the list */
    this.startIn = null;
    /** @type {View | null} */
    this.view = null;
    this.router = new Router((place) => this._show(place));
    this._main.addEventListener("focusin", (event) => this._focused(event));
    document.getElementById("scrim")?.addEventListener("click", () => this.toggleSidebar());
    this._shell.classList.toggle("is-collapsed", localStorage.getItem("stagent.sidebar") === "hidden");
    watchPictures();
    watchForNotices(this.feed, (path) => this.go(path));
    document.addEventListener("keydown", (event) => globalKey(event, this));
    document.addEventListener("visibilitychange", () => !document.hidden && this.wake());
    setInterval(refreshTimes, 30_000);
    addEventListener("online", () => this.wake());
    addEventListener("focus", () => this.wake());
  }

  /** Shows the place of the address. */
  start() {
    void this.loadProjects();
    this.router.start();
    loadCatalogue().catch((error) => toast(sentence(error), { isError: true }));
  }

  /** @param {string} path */
  go(path) {
    this.router.go(path);
  }

  /** Tries to connect again at once, after a sleep or when the window is looked at again. */
  wake() {
    this.feed.wake();
    if (this.view instanceof ConversationView) {
      this.view.session.wake();
      this.feed.look(this.view.id);
    }
  }

  /** Finds text in the conversation that is shown. */
  find() {
    if (this.view instanceof ConversationView) void this.view.find.open();
  }

  /** Reads the projects again. */
  async loadProjects() {
    try {
      this.projects.set(await get("/api/projects?status=active&limit=200"));
    } catch (error) {
      toast(sentence(error), { isError: true });
    }
  }

  /** @param {string | null | undefined} id @returns {string | null} */
  projectName(id) {
    return this.projects.value.find((project) => project.id === id)?.name ?? null;
  }

  /** Where the agent of a conversation works. @param {Conversation | null} conversation */
  placeOf(conversation) {
    const project = this.projects.value.find((one) => one.id === conversation?.projectId);
    return { projectName: project?.name ?? null, workingDirectory: project?.workingDirectory ?? conversation?.workingDirectory ?? null };
  }

  /** Goes to where a chat begins, in a project. @param {string} projectId */
  newChat(projectId) {
    this.startIn = projectId;
    this.go("/");
  }

  /**
   * Opens a conversation that was just made, and sends its first message.
   * @param {Conversation} conversation
   * @param {string} content
   * @param {import("./views/composer.js").Extras} extras
   */
  openNew(conversation, content, extras) {
    this.go(`/conversations/${conversation.id}`);
    const { view } = this;
    if (!(view instanceof ConversationView)) return;
    view.session.send(content, extras).catch((error) => {
      view.composer.setText(content);
      toast(sentence(error), { isError: true });
    });
  }

  /** Shows or hides the sidebar: beside the conversation, or over it where there is little room. */
  toggleSidebar() {
    if (matchMedia("(max-width: 799px)").matches) {
      if (this._shell.classList.toggle("is-open")) this.sidebar.focus();
      else this._focusOpener();
      return;
    }
    const isHidden = this._shell.classList.toggle("is-collapsed");
    localStorage.setItem("stagent.sidebar", isHidden ? "hidden" : "shown");
  }

  /** Searches all conversations: in the sidebar, which is shown for that. */
  search() {
    const isShown = this.sidebar.search.checkVisibility({ visibilityProperty: true });
    if (!isShown) this.toggleSidebar();
    this.sidebar.search.focus();
  }

  /** Closes the sidebar where it lies over the conversation. @returns {boolean} whether it did */
  closeDrawer() {
    if (!this._shell.classList.contains("is-open")) return false;
    this.toggleSidebar();
    return true;
  }

  _focusOpener() {
    const opener = this._main.querySelector(".show-sidebar");
    if (opener instanceof HTMLElement) opener.focus();
  }

  /** Whoever goes on from the sidebar that lies over the conversation does not lose sight of the focus. @param {FocusEvent} event */
  _focused({ target }) {
    if (target instanceof Element && !target.closest(".menu")) this._shell.classList.remove("is-open");
  }

  /** @param {import("./router.js").Place} place */
  _show(place) {
    this._shell.classList.remove("is-open");
    this.sidebar.show(place);
    if (place.view === "conversation" && this.view instanceof ConversationView && this.view.id === place.id) return;
    if (place.view === "settings" && this.view instanceof SettingsView) {
      this.view.show(place.section);
      this.view.focus();
      return;
    }
    this.view?.close();
    this.feed.viewed = null;
    const view = this._make(place);
    this.view = view;
    fill(this._main, view.node);
    view.focus();
  }

  /** @param {import("./router.js").Place} place @returns {View} */
  _make(place) {
    if (place.view === "conversation" && place.id) return new ConversationView(this, place.id);
    if (place.view === "inbox") return new InboxView(this);
    if (place.view === "home") return new HomeView(this);
    if (place.view === "settings") return new SettingsView(this, place.section);
    if (place.view === "entity" && place.section) return new EntityView(this, place.section, place.id, place.path);
    return this._notThere();
  }

  /** @returns {View} */
  _notThere() {
    const head = h("header", { class: "topbar" }, iconButton("panel-left", "Show the sidebar", () => this.toggleSidebar(), { class: "show-sidebar" }), h("h1", null, "Not found"));
    const node = h("div", { class: "empty" }, icon("compass"), h("h2", null, "There is nothing at this address"), h("a", { class: "button", href: "/" }, "Start a new chat"));
    return { node: [head, node], close: () => {}, focus: () => {}, key: () => false };
  }
}

new App().start();
