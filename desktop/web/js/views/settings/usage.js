// What turns used and cost, day by day and by model or project, and the budgets that stop them.

import { get } from "../../api.js";
import { h, icon } from "../../dom.js";
import { segments } from "../../forms.js";
import { cost, exactTime, plural, tokens } from "../../format.js";
import { chip } from "../chip.js";
import { loaded } from "../loaded.js";
import { numberSetting } from "./saved-setting.js";

/**
 * @typedef {{inputTokens: number, outputTokens: number, turns: number, unpricedTurns: number, costUsd: number | null,
 *   knownCostUsd: number}} Totals
 * @typedef {Totals & {key: string | null, label: string | null}} Row
 * @typedef {{period: "day" | "month", limitUsd: number, spentUsd: number, unpricedTurns: number,
 *   state: "ok" | "warning" | "exceeded", message: string | null, resetsAt: string}} Budget
 * @typedef {{from: string, to: string, totals: Totals, rows: Row[], budgets: Budget[], unpricedModels: (string | null)[],
 *   pricesAsOf: string}} Report
 */

const DAY_MS = 86_400_000;
const dayName = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", timeZone: "UTC" });

/** @returns {import("../../dom.js").Child} */
export function usageSection() {
  let days = 30;
  let groupBy = "model";
  const report = loaded(async () => {
    const start = new Date(Date.now() - (days - 1) * DAY_MS - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
    const [byDay, grouped, settings] = await Promise.all([
      get(`/api/usage?groupBy=day&from=${start}`),
      get(`/api/usage?groupBy=${groupBy}&from=${start}`),
      get("/api/settings"),
    ]);
    return [
      figures(byDay),
      chart(byDay),
      table(grouped, groupBy),
      byDay.unpricedModels.length > 0 && h("p", { class: "hint" }, "The price of ", byDay.unpricedModels.map((/** @type {string | null} */ id) => id ?? "an unnamed model").join(", "), " is not known, so its turns are not in the sums. The setting modelPrices can name it."),
      h("section", null,
        h("h3", null, "Budgets"),
        h("p", { class: "hint" }, "At 80 % you are told; at 100 % turns stop. Models on this machine cost nothing and go on."),
        byDay.budgets.map(budget),
        h("div", { class: "form-line" }, h("div", { class: "grow" }, numberSetting("US dollars a day", "Empty for no limit.", "dailyBudgetUsd", settings.dailyBudgetUsd, { min: 0.01 })), h("div", { class: "grow" }, numberSetting("US dollars a month", "Empty for no limit.", "monthlyBudgetUsd", settings.monthlyBudgetUsd, { min: 0.01 })))),
      h("p", { class: "hint" }, `Prices as of ${byDay.pricesAsOf}. What a provider charges in the end stands on its invoice.`),
    ];
  }, 8);
  return [
    h("div", { class: "lead-line" },
      segments("Days", [{ value: "7", label: "7 days" }, { value: "30", label: "30 days" }, { value: "90", label: "90 days" }], String(days), (value) => {
        days = Number(value);
        void report.reload();
      }),
      h("span", { class: "grow" }),
      segments("By", [{ value: "model", label: "By model" }, { value: "project", label: "By project" }], groupBy, (value) => {
        groupBy = value;
        void report.reload();
      })),
    report.node,
  ];
}

/** @param {Report} report */
const figures = ({ totals }) =>
  h("dl", { class: "figures" },
    figure("Cost", money(totals)),
    figure("Answers", totals.turns.toLocaleString("en")),
    figure("Tokens in", tokens(totals.inputTokens)),
    figure("Tokens out", tokens(totals.outputTokens)));

/** @param {string} label @param {string} value */
const figure = (label, value) => h("div", null, h("dt", null, label), h("dd", null, value));

/** @param {Totals} row */
const money = (row) => (row.costUsd === null ? (row.knownCostUsd > 0 ? `over ${cost(row.knownCostUsd)}` : "not known") : cost(row.costUsd));

/** @param {Report} report */
function chart(report) {
  const byDay = new Map(report.rows.map((row) => [row.key, row]));
  const isMoney = report.totals.knownCostUsd > 0;
  const size = (/** @type {Row | undefined} */ row) => (row ? (isMoney ? row.knownCostUsd : row.inputTokens + row.outputTokens) : 0);
  const all = [];
  for (let at = Date.parse(report.from); at <= Date.parse(report.to); at += DAY_MS) all.push(new Date(at).toISOString().slice(0, 10));
  const most = Math.max(...all.map((day) => size(byDay.get(day))), 0);
  if (most === 0) return h("div", { class: "nothing" }, icon("coins"), h("p", null, "No tokens were used in these days."));
  const say = (/** @type {string} */ day) => {
    const row = byDay.get(day);
    return `${dayName.format(new Date(day))}: ${row ? `${money(row)}, ${plural(row.turns, "answer")}, ${tokens(row.inputTokens + row.outputTokens)} tokens` : "nothing"}`;
  };
  const bars = all.map((day) => {
    const bar = h("span", { class: "bar" });
    bar.style.height = `${(100 * size(byDay.get(day))) / most}%`;
    return h("div", { class: "bar-slot", title: say(day) }, bar);
  });
  return h("figure", { class: "chart" },
    h("div", { class: "bars", role: "img", "aria-label": `${isMoney ? "Cost" : "Tokens"} of each day from ${dayName.format(new Date(report.from))} to ${dayName.format(new Date(report.to))}; at most ${isMoney ? cost(most) : tokens(most)}` }, bars),
    h("figcaption", null, h("span", null, dayName.format(new Date(report.from))), h("span", null, isMoney ? `highest day ${cost(most)}` : `highest day ${tokens(most)} tokens`), h("span", null, dayName.format(new Date(report.to)))));
}

/** @param {Report} report @param {string} groupBy */
function table(report, groupBy) {
  if (report.rows.length === 0) return null;
  const none = groupBy === "project" ? "No project" : "Not named";
  return h("div", { class: "table-wrap", tabindex: 0, role: "region", "aria-label": "Usage" }, h("table", { class: "numbers" },
    h("thead", null, h("tr", null, h("th", { scope: "col" }, groupBy === "project" ? "Project" : "Model"), ["Answers", "Tokens in", "Tokens out", "Cost"].map((label) => h("th", { scope: "col", class: "number" }, label)))),
    h("tbody", null, report.rows.map((row) => h("tr", null,
      h("th", { scope: "row", dir: "auto" }, row.label ?? (row.key === null ? none : "A project that is gone")),
      [row.turns.toLocaleString("en"), tokens(row.inputTokens), tokens(row.outputTokens), money(row)].map((value) => h("td", { class: "number" }, value)))))));
}

/** @param {Budget} one */
function budget(one) {
  const part = Math.min(1, one.spentUsd / one.limitUsd);
  const [label, kind, iconName] = { ok: ["Within", "ok", "circle-check"], warning: ["Nearly used up", "warn", "triangle-alert"], exceeded: ["Used up", "danger", "circle-x"] }[one.state];
  return h("div", { class: "budget" },
    h("div", { class: "card-head" }, h("strong", null, one.period === "day" ? "Today" : "This month"), h("span", { class: "muted" }, `${cost(one.spentUsd)} of ${cost(one.limitUsd)}`), h("span", { class: "grow" }), chip(label, kind, iconName)),
    h("progress", { class: `meter-bar ${kind}`, max: 1, value: part, "aria-label": `${one.period === "day" ? "Today's" : "This month's"} budget` }),
    h("p", { class: "hint" }, one.message && `${one.message.replace(/\.$/, "")}. `, one.state !== "exceeded" && `Begins anew ${exactTime(one.resetsAt)}.`));
}
