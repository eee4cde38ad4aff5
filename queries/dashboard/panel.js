/** A panel: tabs, the first rows of the chosen one, and ways to the rest. */
import { ask, meetingOf, propertiesOf } from "./api.js";
import { download } from "./csv.js";
import { openDetails } from "./details.js";
import { chosenTab } from "./dimensions.js";
import { element, iconButton, renew, select } from "./element.js";
import { makeMap } from "./map.js";
import { say } from "./notice.js";
import { Unmet, explain, problemView } from "./problems.js";
import { listQuery } from "./queries.js";
import { table } from "./rows.js";
import { change, current } from "./state.js";
import { makeTabs } from "./tabs.js";

const ROWS = 9;
const NO_CAMPAIGN = "(none)";
const ALL_COUNTRIES = 300;

/** Return a panel with `update(state)`. */
export function makePanel(panel) {
  const tabs = makeTabs(panel, (id) => {
    change({ tabs: { ...current().tabs, [panel.id]: id } }, false);
  });
  const map = panel.isWide ? makeMap() : null;
  const list = element("div", { class: "list" }, bones());
  const body = element(
    "div",
    { class: "panel-body", id: `${panel.id}-body`, role: "tabpanel" },
    map ? element("div", { class: "places" }, map.node, list) : list,
  );
  const note = element("span", { class: "quiet" });
  const all = element("button", { type: "button", class: "text-button", onclick: showAll, hidden: true }, "Show all");
  const csv = iconButton(`Download ${panel.name} as CSV`, "download", save);
  const node = element(
    "section",
    { class: `card panel ${panel.isWide ? "wide" : ""}`, "aria-label": panel.name, id: panel.id },
    element("div", { class: "panel-top" }, tabs.node, csv),
    body,
    element("div", { class: "panel-foot" }, note, all),
  );
  let turn = 0;

  async function update(state) {
    const mine = ++turn;
    const tab = chosenTab(panel, state);
    tabs.show(tab.id);
    body.setAttribute("aria-labelledby", `${panel.id}-${tab.id}`);
    list.classList.add("waiting");
    body.setAttribute("aria-busy", "true");
    const shown = await fill(state, tab);
    if (mine !== turn) return;
    renew(list, ...shown.nodes);
    note.replaceChildren(...shown.notes);
    all.hidden = !shown.results?.length;
    all.textContent = shown.hasMore ? "Show all" : "Details";
    csv.disabled = !shown.isList;
    list.classList.remove("waiting");
    body.removeAttribute("aria-busy");
    if (map) showMap(state, tab, shown.results);
  }

  async function fill(state, tab) {
    try {
      const names = tab.id === "properties" ? await propertiesOf(state.site) : [];
      if (tab.id === "properties" && !names.length) return said("No event has had a custom property yet.");
      const chosen = tab.dimension ? tab : chosenTab(panel, { ...state, prop: names[0] });
      await checkFilter(state, chosen);
      const limit = map && chosen.id === "countries" ? ALL_COUNTRIES : ROWS + 1;
      const answer = await ask(listQuery(state, chosen, chosen.metrics, limit));
      return listed(answer, state, chosen, names);
    } catch (problem) {
      return { nodes: [problemView(problem, state, () => update(current()), tab)], notes: [] };
    }
  }

  async function checkFilter({ filter }, { dimension }) {
    if (!filter || filter.dimension === dimension) return;
    const meets = await meetingOf(filter.dimension);
    if (!meets.includes(dimension)) throw new Unmet(meets);
  }

  function showMap(state, tab, results = []) {
    if (tab.id === "countries") map.show(results, state);
    else showCountries(state);
  }

  async function showCountries(state) {
    const mine = turn;
    const countries = panel.tabs[0];
    try {
      await checkFilter(state, countries);
      const answer = await ask(listQuery(state, countries, countries.metrics, ALL_COUNTRIES));
      if (mine === turn) map.show(answer.results, state);
    } catch {
      if (mine === turn) map.show([], state); // the list says what is wrong
    }
  }

  function showAll() {
    const state = current();
    openDetails(state, settled(state));
  }

  async function save() {
    const state = current();
    try {
      await download(state, settled(state));
    } catch (problem) {
      say(explain(problem, state, chosenTab(panel, state)));
    }
  }

  /** The chosen tab, with the property that is shown where none was chosen. */
  function settled(state) {
    const prop = state.prop || list.querySelector("select")?.value;
    return chosenTab(panel, { ...state, prop });
  }

  return { node, update };
}

function listed(answer, state, tab, names) {
  const { meta } = answer;
  // Most visits come by no campaign, and would leave the others no room.
  const results = answer.results.filter((row) => !tab.variants || row.dimensions[0] !== NO_CAMPAIGN);
  const choice = choiceOf(tab, names);
  const rows = results.slice(0, choice ? ROWS - 1 : ROWS);
  const { definitions } = meta;
  const list = rows.length ? table(rows, tab.metrics, { tab, state, definitions }) : words(nothing(state, tab));
  const nodes = choice ? [choice, list] : [list];
  return { results, nodes, notes: notes(answer, tab), hasMore: results.length > rows.length, isList: true };
}

/** What is to be chosen within a tab: which property, or which part of a campaign's address. */
function choiceOf(tab, names) {
  const choose = (label, choices, chosen, onchoose) =>
    element("div", { class: "choice" }, select(label, choices, chosen, onchoose));
  if (tab.variants) {
    const choices = tab.variants.map(({ id, name }) => [id, name]);
    return choose("Part of the campaign", choices, tab.variant, (utm) => change({ utm }, false));
  }
  if (!names.length) return null;
  return choose("Property", names.map((name) => [name, name]), tab.one, (prop) => change({ prop }, false));
}

function notes({ results, meta }, tab) {
  const told = [];
  const isUnknown = results.length === 1 && results[0].dimensions[0] === "(unknown)";
  if (tab.wants && isUnknown) {
    told.push("Known once [geo] city in the settings names a database of cities.");
  }
  const { withheld } = meta;
  const counter = ["visits", "pageviews", "events"].find((name) => withheld?.[name] > 0);
  if (counter) {
    const amount = withheld.exact
      ? `${Math.max(0.1, Math.round(withheld.share * 1000) / 10)}% of ${counter}`
      : `Up to ${withheld[counter].toLocaleString("en-US")} ${counter}`;
    const words = `${amount} withheld: fewer than ${withheld.k} visitors a day share them`;
    const onclick = () => say(withheld.why);
    told.push(element("button", { type: "button", class: "text-button withheld", title: withheld.why, onclick }, words));
  }
  return told;
}

function nothing(state, tab) {
  if (tab.variants && !state.filter) return "Nobody came by a campaign in this period.";
  return state.filter ? "Nothing to show for this filter in this period." : "Nothing in this period.";
}

function said(text) {
  return { nodes: [words(text)], notes: [] };
}

function words(text) {
  return element("div", { class: "said" }, element("p", {}, text));
}

function bones() {
  return element("div", { class: "said", "aria-hidden": "true" }, element("span", { class: "bone" }, "Loading the list"));
}
