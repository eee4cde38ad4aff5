/** What is asked of the API for a state. */
import { zoneOf } from "./api.js";
import { headlineOf } from "./metrics.js";
import { chosenGrain, comparison, dateRange, hoursSoFar } from "./periods.js";

/** Return the query of the headline's numbers. */
export async function headlineQuery(state) {
  const query = { ...asked(state), metrics: headlineOf(state) };
  if (state.period !== "day" || !comparison(state)) return compared(query, state);
  // Half a day is compared with the same half of the other day, not with all of it.
  const [today, before] = hoursSoFar(state.compare, await zoneOf(state.site), new Date());
  const comparisons = { mode: "custom", date_range: before };
  return { ...query, date_range: today, include: { comparisons } };
}

/** Return the query of the chart: all of the headline's metrics, so that any is shown at once. */
export function seriesQuery(state) {
  const query = { ...asked(state), metrics: headlineOf(state), dimensions: [chosenGrain(state)] };
  return compared(query, state, { fill: true });
}

/** Return the query of a panel's tab: `limit` rows with some metrics, the most visitors first. */
export function listQuery(state, tab, metrics, limit) {
  return {
    ...asked(state),
    metrics,
    dimensions: [tab.dimension],
    order_by: [["visitors", "desc"]],
    pagination: { limit },
  };
}

/** Return the query that tells whether a site ever had traffic. */
export function everQuery(site) {
  return { site_id: site, metrics: ["pageviews", "events"], date_range: "all" };
}

function asked(state) {
  const { filter } = state;
  const filters = filter ? [["is", filter.dimension, [filter.value]]] : [];
  return { site_id: state.site, date_range: dateRange(state), filters };
}

function compared(query, state, include = {}) {
  const comparisons = comparison(state);
  return { ...query, include: comparisons ? { ...include, comparisons } : include };
}
