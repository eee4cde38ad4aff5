/** The metrics of the API: their names, how they are written, and what is good. */

export const METRICS = {
  visitors: { name: "Visitors", form: "count" },
  visits: { name: "Visits", form: "count" },
  pageviews: { name: "Pageviews", form: "count" },
  events: { name: "Events", form: "count" },
  views_per_visit: { name: "Views per visit", form: "decimal" },
  bounce_rate: { name: "Bounce rate", form: "percent", fewerIsBetter: true },
  visit_duration: { name: "Visit duration", form: "seconds" },
  time_on_page: { name: "Time on page", form: "seconds" },
  scroll_depth: { name: "Scroll depth", form: "wholePercent" },
  entries: { name: "Entries", form: "count" },
  exits: { name: "Exits", form: "count" },
  exit_rate: { name: "Exit rate", form: "percent" },
  conversion_rate: { name: "Conversion rate", short: "Rate", form: "percent" },
  percentage: { name: "% of visitors", short: "%", form: "percent" },
};

const OF_VISITS = [
  "visitors", "visits", "pageviews", "views_per_visit", "bounce_rate", "visit_duration",
];
const OF_ACTS = ["visitors", "visits", "pageviews", "events", "conversion_rate"];
const ACTS = /^event:(name|goal|props:)/;

/** Whether a dimension speaks of what visitors did, so that rates of visits make no sense. */
export function isAct(dimension) {
  return ACTS.test(dimension);
}

/** Return the metrics of the headline. */
export function headlineOf(state) {
  return state.filter && isAct(state.filter.dimension) ? OF_ACTS : OF_VISITS;
}

/** Return the chosen metric, or visitors where the filter leaves no sense to it. */
export function chosenMetric(state) {
  return headlineOf(state).includes(state.metric) ? state.metric : "visitors";
}
