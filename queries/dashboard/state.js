/** What is looked at. All of it is in the address, so an address can be sent to a colleague. */
import { PANELS } from "./dimensions.js";
import { COMPARISONS, PERIODS, areDates } from "./periods.js";

const FIRST = { site: "", period: "30d", from: "", to: "", compare: "previous_period", metric: "visitors", grain: "", prop: "", utm: "" };
const listeners = [];
let state = read(new URLSearchParams(location.search));

/** Return the current state, which is not to be written to. */
export function current() {
  return state;
}

/** Call `listener` with each new state, and with the one before. */
export function onChange(listener) {
  listeners.push(listener);
}

/** Go to a new state; `isStep` puts it into the browser's history. */
export function change(part, isStep = true) {
  const address = `${location.pathname}?${written({ ...state, ...part })}`;
  history[isStep ? "pushState" : "replaceState"](null, "", address);
  move({ ...state, ...part });
}

addEventListener("popstate", () => move(read(new URLSearchParams(location.search))));

function move(next) {
  const before = state;
  state = next;
  listeners.forEach((listener) => listener(state, before));
}

function read(address) {
  const found = { ...FIRST, filter: readFilter(address), tabs: readTabs(address) };
  for (const name of Object.keys(FIRST)) found[name] = address.get(name) ?? FIRST[name];
  found.theme = address.get("theme") ?? "";
  if (!isOneOf(PERIODS, found.period)) found.period = FIRST.period;
  if (!isOneOf(COMPARISONS, found.compare)) found.compare = FIRST.compare;
  if (found.period === "custom" && !areDates(found.from, found.to)) found.period = FIRST.period;
  return found;
}

function isOneOf(choices, chosen) {
  return choices.some(([value]) => value === chosen);
}

function readFilter(address) {
  const [dimension, value] = [address.get("filter"), address.get("is")];
  return dimension && value !== null ? { dimension, value } : null;
}

function readTabs(address) {
  return Object.fromEntries(
    PANELS.map(({ id }) => [id, address.get(id)]).filter(([, tab]) => tab),
  );
}

function written({ filter, tabs, ...plain }) {
  const told = new URLSearchParams();
  for (const [name, value] of Object.entries(plain)) {
    if (value && (value !== FIRST[name] || name === "site")) told.set(name, value);
  }
  if (filter) {
    told.set("filter", filter.dimension);
    told.set("is", filter.value);
  }
  for (const [panel, tab] of Object.entries(tabs)) told.set(panel, tab);
  return told;
}
