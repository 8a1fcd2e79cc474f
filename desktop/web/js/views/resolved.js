// What became of a request, and who decided.

import { clientId } from "../client.js";
import { h, icon } from "../dom.js";

/** @typedef {import("../types.js").Request} Request */

/** @typedef {import("../types.js").Answerer} Answerer */

/** @param {Answerer | null} answerer */
const isOther = (answerer) => answerer !== null && answerer.id !== clientId();

/** @param {Answerer | null} answerer */
const byYou = (answerer) => (answerer !== null && isOther(answerer) ? `by you, in ${answerer.name}` : "by you");

/** Whether a person answered it, but not here. @param {Request} request */
export const isElsewhere = ({ decision, answeredBy }) => decision === "person" && isOther(answeredBy);

/** @param {Request} request that is over @returns {string} nothing where nobody decided */
export const byWhom = ({ decision, answeredBy }) => ({ person: byYou(answeredBy), rule: "by a rule", shutdown: "because the daemon stopped" })[decision ?? ""] ?? "";

/** What became of it. @param {Request} request that is over @returns {string} */
export function outcomeOf(request) {
  const what = { allowed: "Allowed", answered: "Answered", denied: "Denied", expired: "No answer in time", cancelled: "Cancelled" }[request.outcome ?? ""] ?? "Over";
  const isOpenEnd = request.outcome === "expired" || request.outcome === "cancelled";
  const late = request.late && isOpenEnd && `, ${request.late.behavior === "deny" ? "denied" : request.kind === "question" ? "answered" : "allowed"} too late ${byYou(request.late.by)}`;
  return [what, byWhom(request)].filter(Boolean).join(" ") + (late || "");
}

/**
 * One line about a request that is over.
 * @param {Request} request
 */
export function resolvedLine(request) {
  const isGood = request.outcome === "allowed" || request.outcome === "answered";
  return h("div", { class: "resolved" }, icon(isGood ? "circle-check" : "circle-slash"), h("span", null, outcomeOf(request), request.message && [": ", h("bdi", null, request.message)]));
}
