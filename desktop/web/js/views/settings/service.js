// The daemon as a process: who runs it, how long it stays, and how it ends.

import { ask, get, sentence } from "../../api.js";
import { copyText } from "../../clipboard.js";
import { button, h, icon, iconButton } from "../../dom.js";
import { toast } from "../../toasts.js";
import { chip } from "../chip.js";
import { loaded } from "../loaded.js";
import { withCode } from "../with-code.js";
import { numberSetting } from "./saved-setting.js";

/** @typedef {{manager: string | null, installed: boolean, enabled: boolean, running: boolean, state: string | null, definition: string | null, whyNot: string | null}} Service */

/** @returns {import("../../dom.js").Child} */
export function serviceSection() {
  const status = loaded(async () => serviceCard(await get("/api/service")), 3);
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

/** @param {Service} service */
function serviceCard(service) {
  if (service.manager === null) return h("div", { class: "notice neutral" }, icon("info"), h("div", { class: "body" }, withCode(service.whyNot ?? "")));
  const command = `stagent service ${service.installed ? "uninstall" : "install"}`;
  return h("div", { class: "card" },
    h("div", { class: "card-head" }, icon("cpu"), h("h3", null, `Run by ${service.manager}`), h("span", { class: "grow" }), service.whyNot !== null ? chip("Not known", "neutral", "circle-dashed") : !service.installed ? chip("Not installed", "neutral", "circle-dashed") : service.running ? chip("Running", "ok", "circle-check") : chip("Not running", "warn", "triangle-alert")),
    h("p", { class: "muted wrap" }, service.whyNot !== null ? withCode(service.whyNot) : service.installed ? `It starts when you log on, and again when it fails (${service.state}).` : "As a service the daemon starts when you log on, so that nothing waits for it."),
    service.definition && h("p", { class: "small muted mono wrap" }, service.definition),
    service.whyNot === null && h("div", { class: "command-line" }, h("code", null, command), iconButton("copy", "Copy the command", () => void copyText(command))));
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
