// What turns have used and cost, and the budgets.

import { ask, get, sentence } from "../../api.js";
import { button, h, icon, uniqueId } from "../../dom.js";
import { cost, plural, tokens } from "../../format.js";
import { toast } from "../../toasts.js";
import { loaded } from "./loading.js";

/** @returns {HTMLElement} */
export function usageSection() {
  const table = loaded(async () => {
    const report = await get("/api/usage?groupBy=model");
    const rows = report.rows ?? [];
    if (rows.length === 0) return h("div", { class: "empty" }, icon("coins"), h("h3", null, "Nothing used yet"), h("p", null, "Tokens and cost of the last 30 days appear here, by model."));
    return h(
      "table",
      { class: "table" },
      h("caption", { class: "visually-hidden" }, "Usage of the last 30 days by model"),
      h("thead", null, h("tr", null, ["Model", "Turns", "In", "Out", "Cost"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", null, rows.map((/** @type {any} */ row) => line(row.label ?? row.key ?? "Unknown", row))),
      report.totals && h("tfoot", null, line("Together", report.totals)),
    );
  });
  return h("div", { class: "sections" }, table.node, budgets());
}

/** @param {string} name @param {any} row */
function line(name, row) {
  const price = row.costUsd != null ? cost(row.costUsd) : row.knownCostUsd ? `over ${cost(row.knownCostUsd)}` : "unknown";
  return h("tr", null, h("th", { scope: "row" }, name), h("td", null, plural(row.turns ?? 0, "turn")), h("td", null, tokens(row.inputTokens ?? 0)), h("td", null, tokens(row.outputTokens ?? 0)), h("td", null, price));
}

function budgets() {
  const part = loaded(async () => {
    const settings = await get("/api/settings");
    const day = amount("Per day, in US dollars", settings.dailyBudgetUsd);
    const month = amount("Per month, in US dollars", settings.monthlyBudgetUsd);
    const save = async (/** @type {Event} */ event) => {
      event.preventDefault();
      try {
        await ask("PATCH", "/api/settings", { dailyBudgetUsd: day.value(), monthlyBudgetUsd: month.value() });
        toast("Saved");
      } catch (error) {
        toast(sentence(error), { isError: true });
      }
    };
    return h("form", { class: "card", on: { submit: save } }, h("h3", null, "Budgets"), h("p", { class: "muted" }, "At 80 % you are warned, at 100 % agents stop. Local models cost nothing and go on. Empty means no limit."), h("div", { class: "row" }, day.node, month.node), h("div", null, button("Save", () => {}, { type: "submit" })));
  });
  return part.node;
}

/** @param {string} label @param {number | null} value */
function amount(label, value) {
  const id = uniqueId("budget");
  const input = h("input", { class: "input", id, type: "number", min: "0", step: "0.5", inputmode: "decimal", prop: { value: value ?? "" } });
  return { node: h("div", { class: "field grow" }, h("label", { class: "label", for: id }, label), input), value: () => (input.value === "" ? null : Number(input.value)) };
}
