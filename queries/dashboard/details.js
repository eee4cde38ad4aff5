/** The whole of a list, in a dialog: to search, to sort, with all its metrics. */
import { ask } from "./api.js";
import { download } from "./csv.js";
import { element, iconButton, renew } from "./element.js";
import { METRICS } from "./metrics.js";
import { problemView } from "./problems.js";
import { listQuery } from "./queries.js";
import { table } from "./rows.js";
import { valueName } from "./values.js";

const EVERYTHING = 10_000;
const PAGE = 100;
const hasTouch = matchMedia("(pointer: coarse)").matches; // no keyboard over the list

/** Open the dialog of a tab. */
export function openDetails(state, tab) {
  const shown = { search: "", by: 0, isRising: false, count: PAGE };
  const body = element("div", { class: "dialog-body", "aria-busy": "true" });
  const search = element("input", {
    type: "search", class: "field", placeholder: "Search", "aria-label": `Search ${tab.name}`,
    oninput: () => show({ search: search.value.toLowerCase(), count: PAGE }),
  });
  const dialog = element(
    "dialog",
    { "aria-labelledby": "details-title", onclose: () => dialog.remove(), onclick: closeOutside },
    element(
      "div",
      { class: "dialog-top" },
      element("h2", { id: "details-title" }, tab.name),
      search,
      iconButton("Download as CSV", "download", () => download(state, tab)),
      iconButton("Close", "close", () => dialog.close(), { autofocus: hasTouch }),
    ),
    body,
  );
  document.body.append(dialog);
  dialog.showModal();
  let answer = null;
  load();

  async function load() {
    try {
      answer = await ask(listQuery(state, tab, tab.details, EVERYTHING));
      show({});
    } catch (problem) {
      body.replaceChildren(problemView(problem, state, load, tab));
    }
    body.removeAttribute("aria-busy");
  }

  function show(part) {
    Object.assign(shown, part);
    if (!answer) return;
    const found = answer.results.filter(isFound).sort(inOrder);
    const heads = tab.details.map(sorter);
    const onchoose = () => dialog.close();
    const { definitions } = answer.meta;
    const list = table(found.slice(0, shown.count), tab.details, { tab, state, definitions, onchoose, heads });
    list.querySelectorAll("thead th")[shown.by + 1]
      .setAttribute("aria-sort", shown.isRising ? "ascending" : "descending");
    renew(body, list, more(found.length), meaning(definitions));
  }

  function isFound(row) {
    const value = row.dimensions[0];
    return `${value} ${valueName(tab.dimension, value)}`.toLowerCase().includes(shown.search);
  }

  function inOrder(one, other) {
    const [a, b] = [one, other].map((row) => row.metrics[shown.by] ?? -Infinity);
    return shown.isRising ? a - b : b - a;
  }

  function sorter(name, index) {
    const arrow = shown.by === index ? (shown.isRising ? " ↑" : " ↓") : "";
    const { short, name: full } = METRICS[name];
    const onclick = () => {
      show({ by: index, isRising: shown.by === index && !shown.isRising });
    };
    return element("button", { type: "button", class: "sort", "data-key": name, onclick }, `${short ?? full}${arrow}`);
  }

  function more(count) {
    if (count === 0) return element("div", { class: "said" }, "Nothing has that name.");
    if (count <= shown.count) return "";
    const onclick = () => show({ count: shown.count + PAGE });
    return element("button", { type: "button", class: "button more", onclick }, `Show more of ${count}`);
  }

  function closeOutside(event) {
    if (event.target === dialog) dialog.close();
  }
}

function meaning(definitions) {
  const items = Object.entries(definitions).map(([name, words]) =>
    element("p", { class: "quiet" }, `${METRICS[name].name}: ${words}.`),
  );
  return element("details", { class: "quiet" }, element("summary", {}, "What the numbers mean"), ...items);
}
