// How an answer ended, where that is not as it should: what happened, what is safe, and what mends it.

import { button, h, icon } from "../dom.js";
import { withCode } from "./with-code.js";

/**
 * @typedef {import("../types.js").Message} Message
 * @typedef {{retry: (messageId: string) => void, goOn: () => void, chooseModel: () => void}} EndActions
 * @typedef {{label: string, href: string} | {label: string, run: (actions: EndActions) => void}} Remedy
 */

/** @type {Remedy} */
const CONNECT = { label: "Open providers", href: "/settings/providers" };
/** @type {Remedy} */
const OTHER_MODEL = { label: "Choose another model", run: (actions) => actions.chooseModel() };
/** @type {Remedy} */
const NEW_CHAT = { label: "New chat", href: "/" };

/** By the code of the error: what mends it, where trying again would only fail again. @type {Readonly<Record<string, Remedy[]>>} */
const MENDS = {
  not_connected: [CONNECT, OTHER_MODEL],
  provider_unauthorized: [CONNECT, OTHER_MODEL],
  provider_redirects: [CONNECT],
  provider_refused: [OTHER_MODEL],
  model_not_found: [OTHER_MODEL],
  context_overflow: [NEW_CHAT, OTHER_MODEL],
  request_too_large: [NEW_CHAT, OTHER_MODEL],
  budget_exceeded: [{ label: "Open budgets", href: "/settings/usage" }],
  working_directory_missing: [{ label: "Open projects", href: "/settings/projects" }],
};
/** What may pass by itself, but not with everybody at once. @type {Readonly<Record<string, Remedy[]>>} */
const HELPS = { rate_limited: [OTHER_MODEL], provider_unavailable: [OTHER_MODEL], provider_unreachable: [OTHER_MODEL], refused: [OTHER_MODEL] };
/** The sentences of these say themselves that what arrived is kept. */
const SAYS_KEPT = new Set(["stream_cut", "provider_silent", "provider_garbled"]);
const ADDRESS = /(https:\/\/[^\s<>"'`]*[^\s<>"'`.,;:!?)\]])/;

/**
 * @param {Message} message
 * @param {EndActions} actions
 * @param {boolean} isNews whether it has just happened: then it is said aloud
 * @returns {HTMLElement | null} nothing where it is complete
 */
export function endNotice(message, actions, isNews) {
  if (message.status === "error") return failure(message, actions, isNews);
  if (message.status !== "interrupted") return null;
  return h("div", { class: "notice neutral" }, icon("circle-slash"), h("div", { class: "body" },
    h("div", null, "Stopped before it was complete."),
    h("div", { class: "actions" }, button("Continue", () => actions.goOn()), button("Try again", () => actions.retry(message.id), { class: "quiet" }))));
}

/** @param {Message} message @param {EndActions} actions @param {boolean} isNews */
function failure(message, actions, isNews) {
  const { error, errorCode: code } = message.metadata ?? {};
  const mends = MENDS[code] ?? [];
  const hasText = message.content !== "";
  return h("div", { class: "notice danger", role: isNews ? "alert" : "note" }, icon("circle-alert"), h("div", { class: "body" },
    h("div", { dir: "auto" }, withCode(sentenceOf(error ?? "The answer failed"), withLinks), hasText && !SAYS_KEPT.has(code) && " What there is so far is kept."),
    h("div", { class: "actions" },
      mends.slice(0, 1).map((remedy) => remedyButton(remedy, actions)),
      button("Try again", () => actions.retry(message.id), { class: mends.length > 0 ? "quiet" : "" }),
      hasText && button("Continue", () => actions.goOn(), { class: "quiet" }),
      [...mends.slice(1), ...(HELPS[code] ?? [])].map((remedy) => remedyButton(remedy, actions, "quiet")))));
}

/** @param {Remedy} remedy @param {EndActions} actions @param {string} [more] */
const remedyButton = (remedy, actions, more = "") =>
  "href" in remedy ? h("a", { class: `button ${more}`.trim(), href: remedy.href }, remedy.label) : button(remedy.label, () => remedy.run(actions), { class: more });

/** Addresses that a provider names can be opened. @param {string} text */
const withLinks = (text) => text.split(ADDRESS).map((piece, index) => (index % 2 === 1 ? h("a", { href: piece, target: "_blank", rel: "noopener noreferrer" }, piece) : piece));

/** @param {string} text */
const sentenceOf = (text) => (/[.!?…]$/.test(text) ? text : `${text}.`);
