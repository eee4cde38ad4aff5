/** The periods to choose from, the steps that a chart of each can have, and the comparisons. */

export const PERIODS = [
  ["day", "Today"],
  ["24h", "Last 24 hours"],
  ["7d", "Last 7 days"],
  ["30d", "Last 30 days"],
  ["month", "This month"],
  ["12mo", "Last 12 months"],
  ["year", "This year"],
  ["all", "All time"],
  ["custom", "Custom dates…"],
];

export const COMPARISONS = [
  ["previous_period", "vs. previous period"],
  ["year_over_year", "vs. year before"],
  ["off", "No comparison"],
];

export const GRAINS = { "time:hour": "Hours", "time:day": "Days", "time:week": "Weeks", "time:month": "Months" };

const DAY = 86_400_000;
const STEPS = [
  { days: 2, grains: ["time:hour"], first: "time:hour" },
  { days: 8, grains: ["time:hour", "time:day"], first: "time:day" },
  { days: 40, grains: ["time:hour", "time:day", "time:week"], first: "time:day" },
  { days: 100, grains: ["time:day", "time:week", "time:month"], first: "time:day" },
  { days: 400, grains: ["time:day", "time:week", "time:month"], first: "time:week" },
  { days: Infinity, grains: ["time:day", "time:week", "time:month"], first: "time:month" },
];
const LENGTHS = { day: 1, "24h": 1, "7d": 7, "30d": 30, month: 31, "12mo": 365, year: 365 };
const MOST_DAYS = 20_000; // the API has no more steps than that

/** Whether these are two dates, in order. */
export function areDates(from, to) {
  const [first, last] = [Date.parse(from), Date.parse(to)];
  return /^\d{4}-\d\d-\d\d$/.test(from) && /^\d{4}-\d\d-\d\d$/.test(to) && first <= last;
}

/** Return the `date_range` of a state. */
export function dateRange(state) {
  return state.period === "custom" ? [state.from, state.to] : state.period;
}

/** Return the steps that the chart of a state can have. */
export function possibleGrains(state) {
  return steps(state).grains;
}

/** Return the step of the chart: the chosen one if it fits the period, else the period's first. */
export function chosenGrain(state) {
  const { grains, first } = steps(state);
  if (grains.includes(state.grain)) return state.grain;
  if (state.period === "custom" && state.filter && first === "time:hour") return "time"; // hours, if they are kept
  return state.period === "all" ? "time" : first;
}

/** Whether a chart may be by the hours of a filter, which are kept for some weeks only. */
function hasPassingHours(state) {
  return Boolean(state.filter) && ["time", "time:hour"].includes(chosenGrain(state));
}

function steps(state) {
  const days = state.period === "custom"
    ? Math.min(MOST_DAYS, (Date.parse(state.to) - Date.parse(state.from)) / DAY + 1)
    : LENGTHS[state.period] ?? Infinity;
  return STEPS.find((each) => days <= each.days);
}

/** Return `include.comparisons` of a state, nothing if none is wanted or possible. */
export function comparison(state) {
  if (state.compare === "year_over_year" && hasPassingHours(state)) return undefined;
  const isPossible = state.compare !== "off" && state.period !== "all";
  return isPossible ? { mode: state.compare } : undefined;
}

/** Return the hours of today that have begun, and the same of a day before, as two `date_range`s. */
export function hoursSoFar(compare, zone, now) {
  const clock = Object.fromEntries(
    new Intl.DateTimeFormat("en-CA", {
      timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", hourCycle: "h23",
    }).formatToParts(now).map(({ type, value }) => [type, value]),
  );
  const today = Date.UTC(clock.year, clock.month - 1, clock.day);
  const before = compare === "year_over_year"
    ? Date.UTC(clock.year - 1, clock.month - 1, clock.day)
    : today - DAY;
  const length = (Number(clock.hour) + 1) * (DAY / 24);
  return [today, before].map((start) => [start, start + length].map(written));
}

function written(moment) {
  return new Date(moment).toISOString().slice(0, 19);
}
