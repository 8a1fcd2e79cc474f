// The settings: one section at a time, each with an address and a module of its own.

import { fill, h, icon, iconButton } from "../../dom.js";
import { aboutSection } from "./about.js";
import { appearanceSection } from "./appearance.js";
import { mcpSection } from "./mcp.js";
import { notificationsSection } from "./notifications.js";
import { permissionsSection } from "./permissions.js";
import { projectsSection } from "./projects.js";
import { providersSection } from "./providers.js";
import { serviceSection } from "./service.js";
import { usageSection } from "./usage.js";

/**
 * @typedef {import("../../app.js").App} App
 * @typedef {import("../../dom.js").Child} Child
 * @typedef {{id: string, label: string, icon: string, make: (app: App) => Child}} Section
 */

/** @type {readonly Section[]} */
export const SECTIONS = [
  { id: "providers", label: "Providers", icon: "plug", make: providersSection },
  { id: "permissions", label: "Permissions", icon: "shield", make: permissionsSection },
  { id: "projects", label: "Projects", icon: "folder", make: projectsSection },
  { id: "mcp", label: "MCP servers", icon: "boxes", make: mcpSection },
  { id: "usage", label: "Usage and budgets", icon: "coins", make: usageSection },
  { id: "appearance", label: "Appearance", icon: "palette", make: appearanceSection },
  { id: "notifications", label: "Notifications", icon: "bell", make: notificationsSection },
  { id: "service", label: "Service", icon: "cpu", make: serviceSection },
  { id: "about", label: "About", icon: "info", make: aboutSection },
];

export class SettingsView {
  /** @param {App} app @param {string | null} section the one to show */
  constructor(app, section) {
    this._app = app;
    this._nav = h("nav", { class: "settings-nav", "aria-label": "Settings" });
    this._body = h("div", { class: "settings-body" });
    this.node = [
      h("header", { class: "topbar" }, iconButton("panel-left", "Show the sidebar", () => app.toggleSidebar(), { class: "show-sidebar" }), h("h1", null, "Settings")),
      h("div", { class: "page-scroll" }, h("div", { class: "settings" }, this._nav, this._body)),
    ];
    this.show(section);
  }

  /** Shows another section. @param {string | null} id */
  show(id) {
    const chosen = SECTIONS.find((section) => section.id === id) ?? SECTIONS[0];
    document.title = `${chosen.label} – stagent`;
    fill(this._nav, SECTIONS.map((section) => h("a", { class: "side-link", href: `/settings/${section.id}`, "aria-current": section === chosen ? "page" : null }, icon(section.icon), section.label)));
    fill(this._body, h("h2", { tabindex: -1 }, chosen.label), chosen.make(this._app));
    this._showChosen();
  }

  /** Where the sections stand in one line, it may be longer than the window. */
  _showChosen() {
    this._nav.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }

  /** Nothing goes on once it is gone. */
  close() {}

  /** Reads on from the heading. */
  focus() {
    this._body.querySelector("h2")?.focus({ preventScroll: true });
    this._showChosen(); // only now it is a part of the page
  }

  /** @returns {boolean} */
  key() {
    return false;
  }
}
