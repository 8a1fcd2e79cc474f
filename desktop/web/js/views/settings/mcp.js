// MCP servers: which there are, how they are, and which files of projects may start some.

import { ask, get, sentence } from "../../api.js";
import { button, h, icon } from "../../dom.js";
import { plural } from "../../format.js";
import { toast } from "../../toasts.js";
import { loaded } from "./loading.js";

const STATES = {
  off: ["Off", "neutral", "circle-slash"], not_allowed: ["Not allowed yet", "warn", "triangle-alert"], invalid: ["Not valid", "danger", "circle-alert"],
  stopped: ["Starts when needed", "neutral", "circle-dashed"], starting: ["Starting", "neutral", "loader-circle"], ready: ["Ready", "ok", "circle-check"],
  restarting: ["Restarting", "warn", "refresh-cw"], failed: ["Failed", "danger", "circle-x"],
};

/** @returns {HTMLElement} */
export function mcpSection() {
  const part = loaded(async () => {
    const [servers, files] = await Promise.all([get("/api/mcp/servers"), get("/api/mcp/approvals")]);
    if (servers.length === 0 && files.length === 0) return h("div", { class: "empty" }, icon("boxes"), h("h3", null, "No MCP servers"), h("p", null, "Servers give agents more tools. Name them in “mcpServers” of settings.json, or in a project's .mcp.json; they appear here."));
    return [files.map((/** @type {any} */ file) => fileCard(file, () => void part.reload())), servers.map(serverCard)];
  });
  return part.node;
}

/** @param {any} file @param {() => void} onChange */
function fileCard(file, onChange) {
  const change = async (/** @type {string} */ method, /** @type {string} */ path, /** @type {unknown} */ body) => {
    try {
      await ask(method, path, body);
    } catch (error) {
      toast(sentence(error), { isError: true });
    }
    onChange();
  };
  return h(
    "section",
    { class: "card" },
    h("div", { class: "card-head" }, h("h3", { class: "mono" }, file.path), file.allowed ? h("span", { class: "chip ok" }, icon("check", "small"), "Allowed") : h("span", { class: "chip warn" }, icon("triangle-alert", "small"), "Not allowed")),
    file.whyNot && h("p", { class: "muted" }, file.whyNot),
    h("p", { class: "muted" }, file.servers.length > 0 ? `Starts: ${file.servers.join(", ")}` : "Names no servers."),
    h("div", { class: "row" }, file.allowed
      ? button("Stop allowing", () => void change("DELETE", `/api/mcp/approvals?path=${encodeURIComponent(file.path)}`, undefined))
      : file.sha256 && button("Allow this file", () => void change("POST", "/api/mcp/approvals", { path: file.path, sha256: file.sha256 }))),
  );
}

/** @param {any} server */
function serverCard(server) {
  const [label, kind, name] = /** @type {Record<string, string[]>} */ (STATES)[server.state] ?? [server.state, "neutral", "circle-dot"];
  return h(
    "section",
    { class: "card" },
    h("div", { class: "card-head" }, h("h3", null, server.name), h("span", { class: `chip ${kind}` }, icon(name, "small"), label)),
    h("code", null, server.url ?? (server.command ?? []).join(" ")),
    server.whyNot && h("p", { class: "muted" }, server.whyNot),
    server.lastWords.length > 0 && h("pre", { class: "output", tabindex: 0 }, server.lastWords.join("\n")),
    server.tools.length > 0 && h("details", null, h("summary", null, plural(server.tools.length, "tool")), h("ul", { class: "rows" }, server.tools.map((/** @type {any} */ tool) => h("li", { class: "row-item" }, h("code", null, tool.name), h("span", { class: "muted grow" }, tool.description))))),
    server.problems.map((/** @type {string} */ problem) => h("p", { class: "muted" }, problem)),
  );
}
