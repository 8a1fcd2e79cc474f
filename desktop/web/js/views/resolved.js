// What became of a request, and who decided.

import { clientId } from "../client.js";
import { h, icon } from "../dom.js";

/** @typedef {import("../types.js").Request} Request */

/** Whether a person answered it, but not here. @param {Request} request */
export const isElsewhere = ({ decision, answeredBy }) => decision === "person" && answeredBy !== null && answeredBy.id !== clientId();

/** @param {Request} request that is over @returns {string} nothing where nobody decided */
export function byWhom(request) {
  const by = isElsewhere(request) ? `by you, in ${request.answeredBy?.name}` : "by you";
  return { person: by, rule: "by a rule", shutdown: "because the daemon stopped" }[request.decision ?? ""] ?? "";
}

/**
 * One line about a request that is over.
 * @param {Request} request
 */
export function resolvedLine(request) {
  const what = { allowed: "Allowed", answered: "Answered", denied: "Denied", expired: "No answer in time", cancelled: "Cancelled" }[request.outcome ?? ""] ?? "Over";
  const isGood = request.outcome === "allowed" || request.outcome === "answered";
  return h("div", { class: "resolved" }, icon(isGood ? "circle-check" : "circle-slash"), h("span", null, [what, byWhom(request)].filter(Boolean).join(" "), request.message && [": ", h("bdi", null, request.message)]));
}
