/** The dashboard of a site, put together; it follows the state. */
import { PANELS, chosenTab } from "./dimensions.js";
import { element } from "./element.js";
import { emptyView, isEmpty } from "./empty.js";
import { makeHeader } from "./header.js";
import { makeOverview } from "./overview.js";
import { makePanel } from "./panel.js";
import { current, onChange } from "./state.js";
import { makeToolbar } from "./toolbar.js";

const OF_ALL = ["site", "period", "from", "to", "filter"];
const OF_FRAMES = 3; // panels: pages, sources, places
const OF_OVERVIEW = ["compare", "metric", "grain"];
const SECONDS = 60;
const HEAD_START = 300; // milliseconds
const LIVE_PERIODS = ["day", "24h"];

/** Return the dashboard with `offer(sites)`; `onsign` is called by who wants in or out. */
export function makeDashboard(onsign, isFrame = false) {
  const header = makeHeader(onsign);
  const toolbar = makeToolbar();
  const overview = makeOverview();
  const panels = (isFrame ? PANELS.slice(0, OF_FRAMES) : PANELS).map((panel) => ({ panel, view: makePanel(panel) }));
  const title = element("h1", { class: "unseen" });
  const numbers = element(
    "div",
    {},
    overview.node,
    element("div", { class: "panels" }, ...panels.map(({ view }) => view.node)),
  );
  const content = element("main", { class: "page" }, title, toolbar.node, numbers, foot());
  let shown = numbers;
  let turn = 0;
  const node = element("div", {}, isFrame ? "" : header.node, content);

  async function showOverview(state) {
    const mine = ++turn;
    const answer = await overview.update(state);
    if (!answer || mine !== turn) return;
    toolbar.tell(answer.meta);
    const isQuiet = !state.filter && answer.results[0].metrics.every((value) => !value);
    const isNew = isQuiet && (await isEmpty(state.site).catch(() => false));
    if (mine !== turn || (isNew && shown !== numbers)) return;
    put(isNew ? emptyView(state.site, () => showAll(current())) : numbers);
  }

  function put(view) {
    if (shown === view) return;
    shown.replaceWith(view);
    shown = view;
  }

  function showAll(state) {
    title.textContent = state.site;
    document.title = `${state.site} · footfall`;
    header.update(state);
    toolbar.update(state);
    // The numbers that are seen first are asked for first, or all would take their turns together.
    Promise.race([showOverview(state), pause(HEAD_START)]).then(() => {
      panels.forEach(({ view }) => view.update(current()));
    });
  }

  function follow(state, before) {
    if (!node.isConnected) return;
    if (OF_ALL.some((name) => state[name] !== before[name])) {
      showAll(state);
      return;
    }
    toolbar.update(state);
    if (OF_OVERVIEW.some((name) => state[name] !== before[name])) showOverview(state);
    for (const { panel, view } of panels) {
      const [tab, last] = [state, before].map((each) => chosenTab(panel, each));
      if (tab.id !== last.id || tab.dimension !== last.dimension) view.update(state);
    }
  }

  onChange(follow);
  setInterval(() => {
    const isWanted = node.isConnected && !document.hidden && numbers.isConnected;
    if (isWanted && LIVE_PERIODS.includes(current().period)) showAll(current());
  }, SECONDS * 1000);

  function offer(sites) {
    header.offer(sites);
    header.update(current());
  }

  showAll(current());
  return { node, offer };
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function foot() {
  const link = (href, words) => element("a", { href, target: "_blank", rel: "noreferrer noopener" }, words);
  return element(
    "footer",
    { class: "foot" },
    element("span", {}, "Counted by footfall, which knows no visitor"),
    link("https://db-ip.com", "IP Geolocation by DB-IP"),
    element("span", {}, "Map: Natural Earth"),
  );
}
