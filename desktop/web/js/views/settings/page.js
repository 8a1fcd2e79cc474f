// The settings: one section at a time, each in a module of its own.

import { h, icon, iconButton } from "../../dom.js";
import { aboutSection } from "./about.js";
import { appearanceSection } from "./appearance.js";
import { mcpSection } from "./mcp.js";
import { notificationsSection } from "./notifications.js";
import { permissionsSection } from "./permissions.js";
import { projectsSection } from "./projects.js";
import { providersSection } from "./providers.js";
import { usageSection } from "./usage.js";

/**
 * @typedef {import("../../app.js").App} App
 * @typedef {{id: string, label: string, icon: string, make: (app: App) => HTMLElement}} Section
 */

/** @type {Section[]} */
export const SECTIONS = [
  { id: "providers", label: "Providers", icon: "plug", make: providersSection },
  { id: "permissions", label: "Permissions", icon: "shield", make: permissionsSection },
  { id: "projects", label: "Projects", icon: "folder", make: projectsSection },
  { id: "mcp", label: "MCP servers", icon: "boxes", make: mcpSection },
  { id: "usage", label: "Usage", icon: "coins", make: usageSection },
  { id: "appearance", label: "Appearance", icon: "palette", make: appearanceSection },
  { id: "notifications", label: "Notifications", icon: "bell", make: notificationsSection },
  { id: "about", label: "About", icon: "info", make: aboutSection },
];

export class SettingsView {
  /** @param {App} app @param {string | null} id of the section */
  constructor(app, id) {
    const chosen = SECTIONS.find((section) => section.id === id) ?? SECTIONS[0];
    const links = SECTIONS.map((section) =>
      h("a", { class: "side-link", href: `/settings/${section.id}`, "aria-current": section === chosen ? "page" : null }, icon(section.icon), section.label),
    );
    this._heading = h("h2", { tabindex: -1 }, chosen.label);
    this.node = [
      h("header", { class: "topbar" }, iconButton("panel-left", "Show the sidebar", () => app.toggleSidebar(), { class: "show-sidebar" }), h("h1", null, "Settings")),
      h("div", { class: "settings" }, h("nav", { class: "settings-nav", "aria-label": "Settings" }, links), h("div", { class: "page-scroll" }, h("div", { class: "page" }, this._heading, chosen.make(app)))),
    ];
    document.title = `${chosen.label} – stagent`;
  }

  close() {}

  /** Puts the focus on the section's name. */
  focus() {
    this._heading.focus();
  }

  /** @returns {boolean} */
  key() {
    return false;
  }
}
