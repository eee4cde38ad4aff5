/** An answer by hours, days, weeks or months as a chart draws it. */
import { METRICS } from "./metrics.js";
import { moment } from "./numbers.js";

const DAY = 86_400_000;

/** Return one metric of the answer, step by step, with the other period beside if there is one. */
export function seriesOf({ results, meta, query }, metric, now) {
  const grain = query.dimensions[0];
  const index = query.metrics.indexOf(metric);
  const clock = clockOf(meta.timezone, now);
  const labels = results.map((row) => row.dimensions[0]);
  const hasBegun = labels.map((label) => moment(label) <= clock);
  const values = results.map((row, step) => (hasBegun[step] ? row.metrics[index] : null));
  const last = hasBegun.lastIndexOf(true);
  const hasBefore = Boolean(meta.comparison_date_range);
  return {
    grain,
    name: METRICS[metric].name,
    form: METRICS[metric].form,
    labels,
    values,
    before: hasBefore ? results.map((row) => row.comparison.metrics[index]) : null,
    beforeLabels: hasBefore ? results.map((row) => row.comparison.dimensions[0]) : null,
    changes: hasBefore ? results.map((row) => row.comparison.change[index]) : null,
    running: last >= 0 && ending(grain, labels[last]) > clock ? last : -1,
  };
}

/** Return the site's own time as labels tell it. */
function clockOf(zone, now) {
  const told = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  return moment(told.format(now));
}

function ending(grain, label) {
  const start = moment(label);
  if (grain === "time:month") return Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1);
  return start.getTime() + { "time:hour": DAY / 24, "time:day": DAY, "time:week": 7 * DAY }[grain];
}
