// MCP servers: how they are, which files of projects may start some, and those of the settings.

import { ask, get, sentence } from "../../api.js";
import { button, fill, h, icon, iconButton, time } from "../../dom.js";
import { field, formDialog, input, InputError, segments } from "../../forms.js";
import { plural } from "../../format.js";
import { toast } from "../../toasts.js";
import { chip } from "../chip.js";
import { loaded } from "../loaded.js";
import { shown } from "../shown.js";

/**
 * @typedef {import("../../app.js").App} App
 * @typedef {{name: string, source: "settings" | "project", state: string, whyNot: string | null, transport: string | null,
 *   command: string[] | null, url: string | null, workingDirectory: string | null, path: string | null,
 *   sha256: string | null, given: string[],
 *   tools: {name: string, toolName: string, description: string}[], problems: string[], lastWords: string[]}} Server
 * @typedef {{path: string, sha256: string | null, allowed: boolean, approvedAt: string | null, whyNot: string | null, servers: string[]}} File
 */

/** @type {Record<string, [label: string, kind: string, icon: string]>} */
const STATES = {
  off: ["Off", "neutral", "circle-slash"],
  not_allowed: ["Not allowed", "warn", "lock"],
  invalid: ["Cannot be used", "danger", "circle-alert"],
  stopped: ["Starts when needed", "neutral", "circle-dashed"],
  starting: ["Starting", "neutral", "loader-circle"],
  ready: ["Running", "ok", "circle-check"],
  restarting: ["Restarting", "warn", "refresh-cw"],
  failed: ["Failed", "danger", "circle-x"],
};

/** @returns {import("../../dom.js").Child} */
export function mcpSection() {
  const all = loaded(async () => {
    const [servers, files, settings] = await Promise.all([get("/api/mcp/servers"), get("/api/mcp/approvals"), get("/api/settings")]);
    return [
      servers.length === 0
        ? h("div", { class: "nothing" }, icon("server"), h("p", null, "MCP servers give agents more tools: databases, trackers, browsers. Add one here, or write a .mcp.json into a project's folder."))
        : h("ul", { class: "cards", "aria-label": "MCP servers" }, servers.map((/** @type {Server} */ server) => card(server, settings.mcpServers, all.reload))),
      files.length > 0 && h("section", null, h("h3", null, "Files of projects"), h("p", { class: "hint" }, "A project can bring servers with it. They start only once you have looked at the file and allowed it as it is; a changed file asks again."), h("ul", { class: "entries", "aria-label": "Files of projects" }, files.map((/** @type {File} */ file) => fileRow(file, servers, all.reload)))),
    ];
  });
  const add = async () => {
    try {
      const { mcpServers } = await get("/api/settings");
      openServer(mcpServers, all.reload);
    } catch (error) {
      toast(sentence(error), { isError: true });
    }
  };
  return [
    h("div", { class: "lead-line" }, h("p", { class: "lead" }, "Each call of their tools asks you first, unless a rule allows it."), button([icon("refresh-cw"), "Look again"], () => void all.reload(), { class: "quiet" }), button([icon("plus"), "Add a server"], () => void add())),
    all.node,
  ];
}

/** @param {Server} server @param {Record<string, any>} written @param {() => Promise<void>} changed */
function card(server, written, changed) {
  const [label, kind, iconName] = STATES[server.state] ?? [server.state, "neutral", "circle"];
  const isOurs = server.source === "settings" && server.name in written;
  const isOn = isOurs && written[server.name].enabled !== false;
  return h(
    "li",
    { class: "card" },
    h("div", { class: "card-head" },
      icon("server"), h("h3", null, server.name), h("span", { class: "grow" }), chip(label, kind, iconName),
      isOurs && button(isOn ? "Turn off" : "Turn on", () => void save({ ...written, [server.name]: { ...written[server.name], enabled: !isOn } }, changed), { class: "quiet" }),
      isOurs && iconButton("trash", `Remove ${server.name}`, () => {
        const { [server.name]: gone, ...rest } = written;
        void save(rest, changed).then((isSaved) => isSaved && toast(`Removed ${server.name}.`, { ms: 10_000, action: { label: "Undo", run: () => void save({ ...rest, [server.name]: gone }, changed) } }));
      })),
    h("p", { class: "mono small muted wrap" }, shown(target(server))),
    server.path && h("p", { class: "small muted wrap" }, "Named by ", h("span", { class: "mono" }, shown(server.path))),
    server.whyNot && h("p", { class: "small wrap" }, server.whyNot),
    server.problems.map((problem) => h("p", { class: "small wrap" }, problem)),
    server.lastWords.length > 0 && h("details", null, h("summary", null, "What it said last"), h("pre", { class: "output", tabindex: 0 }, server.lastWords.join("\n"))),
    server.tools.length > 0 && h("details", null, h("summary", null, plural(server.tools.length, "tool")), h("dl", { class: "facts-list" }, server.tools.map((tool) => [h("dt", { class: "mono" }, tool.toolName), h("dd", null, tool.description)]))),
  );
}

/** What it starts or where it is; a word that could be read as several is in quotes. @param {Server} server @returns {string} */
const target = (server) => server.command?.map((word) => (/^[\w./:=@%+,~-]+$/.test(word) ? word : JSON.stringify(word))).join(" ") ?? server.url ?? "";

/** @param {File} file @param {Server[]} servers @param {() => Promise<void>} changed */
function fileRow(file, servers, changed) {
  const act = async (/** @type {() => Promise<unknown>} */ run) => {
    try {
      await run();
    } catch (error) {
      toast(sentence(error), { isError: true });
    }
    await changed();
  };
  const allow = () => act(() => ask("POST", "/api/mcp/approvals", { path: file.path, sha256: file.sha256 }));
  const forbid = () => act(() => ask("DELETE", `/api/mcp/approvals?path=${encodeURIComponent(file.path)}`));
  // Those of the content that the button allows, which may have changed since.
  const named = servers.filter((server) => server.path === file.path && server.sha256 === file.sha256);
  const isSeen = file.servers.every((name) => named.some((server) => server.name === name));
  return h(
    "li",
    null,
    icon("file-text"),
    h("div", { class: "entry-text" },
      h("span", { class: "mono wrap" }, shown(file.path)),
      named.map((server) => h("small", { class: "wrap" }, shown(server.name), ": ", h("code", null, shown(target(server))), server.given.map((one) => [" · ", h("code", null, shown(one))]))),
      h("small", { class: "wrap" }, file.whyNot ?? (file.allowed ? ["Allowed ", file.approvedAt && time(file.approvedAt)] : `Would start ${plural(file.servers.length, "server")}`))),
    file.allowed ? button("Allow no longer", () => void forbid()) : file.sha256 && isSeen && button("Allow", () => void allow()),
  );
}

/** @param {Record<string, any>} mcpServers @param {() => Promise<void>} changed @returns {Promise<boolean>} */
async function save(mcpServers, changed) {
  try {
    await ask("PATCH", "/api/settings", { mcpServers });
    await changed();
    return true;
  } catch (error) {
    toast(sentence(error), { isError: true });
    return false;
  }
}

/** @param {Record<string, any>} written @param {() => Promise<void>} changed */
function openServer(written, changed) {
  const name = input({ maxlength: 64, placeholder: "tracker", spellcheck: "false", autocapitalize: "off" });
  const command = input({ class: "mono", placeholder: "npx", spellcheck: "false", autocapitalize: "off" });
  const args = h("textarea", { class: "input mono", rows: 3, placeholder: "-y\n@example/tracker-mcp", spellcheck: "false", autocapitalize: "off" });
  const env = h("textarea", { class: "input mono", rows: 2, placeholder: "TRACKER_TOKEN=${TRACKER_TOKEN}", spellcheck: "false", autocapitalize: "off" });
  const url = input({ class: "mono", type: "url", placeholder: "https://mcp.example.com/mcp", spellcheck: "false" });
  const headers = h("textarea", { class: "input mono", rows: 2, placeholder: "Authorization=Bearer ${TRACKER_TOKEN}", spellcheck: "false", autocapitalize: "off" });
  const program = [field("Program", command), field("Arguments", args, "One in each line."), field("Environment variables", env, ["NAME=value, one in each line. ", h("code", null, "${NAME}"), " takes it from the daemon's environment, so that no secret is written down."])];
  const address = [field("Address", url), field("Headers", headers, "Name=value, one in each line.")];
  const how = h("div", { class: "form" }, program);
  let isProgram = true;
  const kind = segments("Kind of server", [{ value: "program", label: "Program on this machine" }, { value: "address", label: "Address" }], "program", (value) => {
    isProgram = value === "program";
    fill(how, isProgram ? program : address);
  });
  formDialog("Add an MCP server", [field("Name", name), kind, how], "Add", async () => {
    const key = name.value.trim();
    if (!key) throw new InputError("Give the server a name.");
    if (key in written) throw new InputError(`There is a server named ${key} already.`);
    const entry = isProgram
      ? { command: command.value.trim(), args: args.value.split("\n").map((line) => line.trim()).filter(Boolean), env: pairs(env.value) }
      : { url: url.value.trim(), headers: pairs(headers.value) };
    if (!(isProgram ? command.value.trim() : url.value.trim())) throw new InputError(isProgram ? "Name the program that starts it." : "Give its address.");
    await ask("PATCH", "/api/settings", { mcpServers: { ...written, [key]: entry } });
    await changed();
  });
}

/** @param {string} text lines of `name=value` @returns {Record<string, string>} */
function pairs(text) {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  return Object.fromEntries(lines.map((line) => {
    const at = line.indexOf("=");
    if (at < 1) throw new InputError(`“${line}” has no name and value: write NAME=value.`);
    return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  }));
}
