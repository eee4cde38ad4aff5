/** The headline's numbers and the chart of the chosen one. */
import { ask } from "./api.js";
import { makeChart } from "./chart.js";
import { element, renew } from "./element.js";
import { METRICS, chosenMetric, headlineOf } from "./metrics.js";
import { write, writeChange } from "./numbers.js";
import { GRAINS, chosenGrain, possibleGrains } from "./periods.js";
import { problemView } from "./problems.js";
import { headlineQuery, seriesQuery } from "./queries.js";
import { seriesOf } from "./series.js";
import { change, current } from "./state.js";

/** Return the overview with `update(state)`, which returns the headline's answer, or nothing. */
export function makeOverview() {
  const headline = element("div", { class: "headline", role: "group", "aria-label": "Numbers of the period" });
  const keys = element("div", { class: "keys" });
  const grains = element("div", { class: "segments", role: "group", "aria-label": "Steps of the chart" });
  const chart = makeChart();
  const node = element(
    "section",
    { class: "card overview", "aria-label": "Overview" },
    headline,
    element("div", { class: "chart-top" }, keys, element("span", { class: "spring" }), grains),
    chart.node,
  );
  let turn = 0;

  async function update(state) {
    const mine = ++turn;
    headline.querySelectorAll(".value, .change").forEach((each) => each.classList.add("waiting"));
    chart.node.classList.add("waiting");
    if (headline.children.length !== headlineOf(state).length) showNumbers(state, null);
    markChosen(state);
    const isStale = () => mine !== turn;
    const [answer] = await Promise.all([loadNumbers(state, isStale), loadSeries(state, isStale)]);
    return answer;
  }

  async function loadNumbers(state, isStale) {
    try {
      const answer = await ask(await headlineQuery(state));
      if (!isStale()) showNumbers(state, answer);
      return answer;
    } catch (problem) {
      if (!isStale()) showNumbers(state, null, problem);
      return null;
    }
  }

  async function loadSeries(state, isStale) {
    try {
      const answer = await ask(seriesQuery(state));
      if (isStale()) return;
      const series = seriesOf(answer, chosenMetric(state), new Date());
      showGrains(state, series.grain);
      showKeys(state, series);
      chart.node.classList.remove("waiting");
      chart.show(series);
    } catch (problem) {
      if (isStale()) return;
      chart.node.classList.remove("waiting");
      showGrains(state, chosenGrain(state));
      chart.tell(problemView(problem, state, () => update(current())));
    }
  }

  function showNumbers(state, answer, problem) {
    const row = answer?.results[0];
    const boxes = headlineOf(state).map((name, index) => box(name, index, row, answer?.meta.definitions, problem));
    renew(headline, ...boxes);
    markChosen(state);
  }

  function markChosen(state) {
    for (const button of headline.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.key === chosenMetric(state)));
    }
  }

  function showKeys(state, { name, before }) {
    const keyOf = (words, kind) => element("span", { class: `key ${kind}` }, words);
    const other = state.compare === "year_over_year" ? "Year before" : "Previous period";
    keys.replaceChildren(keyOf(name, ""), before ? keyOf(other, "before") : "");
  }

  function showGrains(state, shown) {
    const buttons = possibleGrains(state).map((grain) => {
      const onclick = () => change({ grain }, false);
      const attributes = { type: "button", "data-key": grain, "aria-pressed": String(grain === shown), onclick };
      return element("button", attributes, GRAINS[grain]);
    });
    renew(grains, ...buttons);
  }

  return { node, update };
}

function box(name, index, row, definitions, problem) {
  const { name: words, form } = METRICS[name];
  const value = row ? write(form, row.metrics[index]) : problem ? "–" : element("span", { class: "bone" }, "12,345");
  const button = element(
    "button",
    {
      type: "button", class: "number", "data-key": name, "aria-describedby": definitions ? `about-${name}` : null,
      onclick: () => change({ metric: name }, false),
    },
    element("span", { class: "label" }, words),
    element("span", { class: "value" }, value),
    element("span", { class: "change" }, ...(row ? changeWords(name, row.comparison, index) : [])),
  );
  const definition = definitions?.[name];
  const tip = definition && element("div", { class: "tip", role: "tooltip", id: `about-${name}` }, `${definition[0].toUpperCase()}${definition.slice(1)}.`);
  return element("div", { class: "number-box" }, button, tip ?? null);
}

function changeWords(name, comparison, index) {
  const change = comparison?.change[index];
  if (change === undefined || change === null) return [];
  const { form, fewerIsBetter } = METRICS[name];
  const before = element("span", { class: "against" }, ` vs. ${write(form, comparison.metrics[index])}`);
  if (change === 0) return ["No change"];
  if (!comparison.metrics[index]) return [before]; // of nothing there is no percentage
  const isGood = change > 0 !== Boolean(fewerIsBetter);
  return [
    element(
      "span",
      { class: isGood ? "good" : "bad" },
      element("span", { "aria-hidden": "true" }, change > 0 ? "↑ " : "↓ "),
      element("span", { class: "unseen" }, change > 0 ? "up " : "down "),
      writeChange(form, change),
    ),
    before,
  ];
}
