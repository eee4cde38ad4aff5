/** A list as a file for spreadsheets. */
import { ask } from "./api.js";
import { element } from "./element.js";
import { listQuery } from "./queries.js";

const EVERYTHING = 10_000;
const FORMULA = /^[=+\-@\t\r]/;
const SPECIAL = /[",\r\n]/;

/** Ask for all rows of a tab, and hand them to the browser as a download. */
export async function download(state, tab) {
  const { results, query } = await ask(listQuery(state, tab, tab.details, EVERYTHING));
  const lines = [
    [tab.dimension, ...tab.details],
    ...results.map((row) => [...row.dimensions, ...row.metrics]),
  ];
  const days = query.date_range.map((moment) => moment.slice(0, 10)).join("_");
  save(`${state.site}_${tab.name.toLowerCase().replaceAll(" ", "-")}_${days}.csv`, lines);
}

/** Return cells as CSV (RFC 4180). A text that a spreadsheet would run is quoted with ' before. */
export function written(lines) {
  return lines.map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");
}

function cell(value) {
  if (value === null) return "";
  const text = typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value);
  return SPECIAL.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function save(name, lines) {
  const address = URL.createObjectURL(new Blob([written(lines)], { type: "text/csv;charset=utf-8" }));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
