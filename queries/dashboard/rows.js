/** A list of values as a table: a bar behind each name, and numbers. */
import { element } from "./element.js";
import { filterBy, isChosen } from "./filter.js";
import { METRICS } from "./metrics.js";
import { write } from "./numbers.js";
import { valueName } from "./values.js";

/** Return the table of an answer's rows; `metrics` are its columns, the first gives the bars. */
export function table(rows, metrics, { tab, state, definitions, onchoose, heads }) {
  const most = Math.max(...rows.map((row) => row.metrics[0] ?? 0), 1);
  const titles = heads ?? metrics.map((name) => METRICS[name].short ?? METRICS[name].name);
  const head = metrics.map((name, index) =>
    element("th", { scope: "col", class: column(index), title: definitions[name] }, titles[index]),
  );
  const body = rows.map((row) => line(row, metrics, most, tab, state, onchoose));
  return element(
    "table",
    { class: "rows" },
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, tab.one), ...head)),
    element("tbody", {}, ...body),
  );
}

/** Return the class of the column of a metric: on a phone the later ones are hidden. */
export function column(index) {
  return index > 1 ? "narrow second" : "narrow";
}

function line(row, metrics, most, tab, state, onchoose) {
  const value = row.dimensions[0];
  const isOn = isChosen(state, tab.dimension, value);
  const cells = metrics.map((name, index) =>
    element("td", { class: column(index) }, write(METRICS[name].form, row.metrics[index])),
  );
  return element("tr", { "data-value": value, "data-chosen": isOn }, head(), ...cells);

  function head() {
    const words = valueName(tab.dimension, value);
    const onclick = () => {
      onchoose?.();
      filterBy(tab.dimension, value);
    };
    const attributes = { type: "button", class: "value", "data-key": value, title: words, "aria-pressed": String(isOn), onclick };
    const bar = element("span", { class: "bar", "aria-hidden": "true" });
    bar.style.width = `${(100 * (row.metrics[0] ?? 0)) / most}%`;
    return element("th", { scope: "row" }, bar, element("button", attributes, words));
  }
}
