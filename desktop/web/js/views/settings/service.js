// The daemon as a process: who runs it, how long it stays, and how it ends.

import { ask, get, sentence } from "../../api.js";
import { button, h, icon } from "../../dom.js";
import { placeName } from "../../places.js";
import { toast } from "../../toasts.js";
import { chip } from "../chip.js";
import { loaded } from "../loaded.js";
import { withCode } from "../with-code.js";
import { numberSetting } from "./saved-setting.js";

/** @typedef {import("../../app.js").App} App */
/** @typedef {{manager: string | null, installed: boolean, enabled: boolean, running: boolean, state: string | null, definition: string | null, whyNot: string | null}} Service */

/** @param {App} app @returns {import("../../dom.js").Child} */
export function serviceSection(app) {
  const status = loaded(async () => serviceCard(await get("/api/service"), status.reload), 3);
  let wasConnected = true;
  const leave = app.feed.connected.watch((isConnected) => {
    if (isConnected && !wasConnected && !status.node.isConnected) leave();
    else if (isConnected && !wasConnected) void status.reload(); // another daemon may have taken over
    wasConnected = isConnected;
  });
  const settings = loaded(async () => {
    const found = await get("/api/settings");
    return h("div", { class: "form" },
      numberSetting("Ends when unused for (minutes)", "Only where it was started on demand. 0 for never.", "idleExitSeconds", found.idleExitSeconds, { unit: 60 }));
  }, 3);
  return [
    h("p", { class: "lead" }, "Everything runs in one daemon on this machine, which this window talks to."),
    status.node,
    settings.node,
    h("section", null, h("h3", null, "Stop it"), h("p", { class: "hint" }, "It is started again by “stagent”, or by the service. Nothing is lost: messages that wait are sent after the next start."),
      h("div", { class: "actions" }, button("Stop when no agent works", () => void stop("idle")), button("Stop now", () => void stop("now"), { class: "danger" }))),
  ];
}

/** @param {Service} service @param {() => Promise<void>} changed */
function serviceCard(service, changed) {
  if (service.manager === null) return h("div", { class: "notice neutral" }, icon("info"), h("div", { class: "body" }, withCode(service.whyNot ?? "")));
  const act = (/** @type {string} */ action, /** @type {string} */ said) => void change(action, said, changed);
  return h("div", { class: "card" },
    h("div", { class: "card-head" }, icon("cpu"), h("h3", null, `As a service (${service.manager})`), h("span", { class: "grow" }), state(service)),
    h("p", { class: "muted wrap" }, explanation(service)),
    service.definition && h("p", { class: "small muted mono wrap", title: service.definition }, placeName(service.definition)),
    service.whyNot === null && h("div", { class: "actions" },
      !service.installed && button("Install", () => act("install", "Installed: it starts at the next logon.")),
      service.installed && !service.running && button("Start now", () => act("start", "The service takes over as soon as no agent works.")),
      service.installed && service.running && button("Stop", () => act("stop", "The service stops until the next logon.")),
      service.installed && button("Remove", () => act("uninstall", "Removed. The daemon that runs now goes on, and your data stays."), { class: "danger" })));
}

/** @param {Service} service */
const state = (service) =>
  service.whyNot !== null ? chip("Cannot be used", "neutral", "circle-dashed")
  : !service.installed ? chip("Not installed", "neutral", "circle-dashed")
  : service.running ? chip("Running", "ok", "circle-check")
  : chip("Not running", "neutral", "circle-dashed");

/** @param {Service} service @returns {import("../../dom.js").Child} */
function explanation(service) {
  if (service.whyNot !== null) return withCode(service.whyNot);
  if (!service.installed) return "As a service the daemon starts when you log on, so that nothing waits for it. Keys from the keyring go along; those from the environment do not.";
  if (service.running) return "It starts when you log on, and again when it fails.";
  return "It starts at the next logon. The daemon that runs now was started by other means; “Start now” lets the service take its place as soon as no agent works.";
}

/** @param {string} action @param {string} said @param {() => Promise<void>} changed */
async function change(action, said, changed) {
  try {
    await ask("POST", "/api/service", { action });
    toast(said);
  } catch (error) {
    toast(sentence(error), { isError: true });
  }
  if (action !== "stop") await changed();
}

/** @param {"idle" | "now"} when */
async function stop(when) {
  try {
    const { busy } = await ask("POST", "/api/shutdown", { when });
    toast(when === "idle" && busy > 0 ? "It stops once the agents are done." : "The daemon stops.");
  } catch (error) {
    toast(sentence(error), { isError: true });
  }
}
