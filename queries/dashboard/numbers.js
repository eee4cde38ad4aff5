/** How numbers, dates and changes are written. */

export const LOCALE = "en-US";

const whole = new Intl.NumberFormat(LOCALE);
const short = new Intl.NumberFormat(LOCALE, { notation: "compact", maximumSignificantDigits: 3 });
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const NOTHING = "–";

const two = (number) => String(number).padStart(2, "0");

const written = {
  count: (value) => whole.format(value),
  percent: (value) => `${value.toFixed(1)}%`,
  wholePercent: (value) => `${value}%`,
  decimal: (value) => value.toFixed(2),
  seconds: (value) => {
    const seconds = Math.round(value);
    if (seconds < MINUTE) return `${seconds}s`;
    if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)}m ${two(seconds % MINUTE)}s`;
    return `${Math.floor(seconds / HOUR)}h ${two(Math.floor((seconds % HOUR) / MINUTE))}m`;
  },
};

/** Write a value; `form` is one of `written`. */
export function write(form, value) {
  return value === null || value === undefined ? NOTHING : written[form](value);
}

/** Write a value shortly, for the axis of a chart. */
export function writeShort(form, value) {
  if (form === "seconds") return write(form, value);
  return `${short.format(value)}${form === "percent" ? "%" : ""}`;
}

/** Write a change: percent, or points for a metric in percent. */
export function writeChange(form, change) {
  const amount = Math.abs(change);
  if (form === "percent") return `${amount} pt`;
  return amount >= 1000 ? `×${short.format(amount / 100 + 1)}` : `${amount}%`;
}

const zoneless = { timeZone: "UTC" };
const dates = {
  hour: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  dayAndHour: { weekday: "short", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  day: { month: "short", day: "numeric" },
  fullDay: { weekday: "short", month: "short", day: "numeric", year: "numeric" },
  dated: { month: "short", day: "numeric", year: "numeric" },
  month: { month: "short", year: "2-digit" },
  fullMonth: { month: "long", year: "numeric" },
};
const formats = Object.fromEntries(
  Object.entries(dates).map(([name, options]) => [
    name,
    new Intl.DateTimeFormat(LOCALE, { ...options, ...zoneless }),
  ]),
);

/** Return the moment of a label of the API, which is by the site's clock: `2026-11-23 14:00:00`. */
export function moment(label) {
  return new Date(`${label.replace(" ", "T").slice(0, 19)}${label.length > 10 ? "" : "T00:00:00"}Z`);
}

/** Write a label in full, as a chart's tip does; `grain` is a time dimension. */
export function writeStep(grain, label) {
  if (grain === "time:hour") return formats.dayAndHour.format(moment(label));
  if (grain === "time:month") return formats.fullMonth.format(moment(label));
  if (grain === "time:week") return `Week of ${formats.dated.format(moment(label))}`;
  return formats.fullDay.format(moment(label));
}

/** Write a label shortly, for the axis of a chart of so many steps. */
export function writeTick(grain, label, steps) {
  if (grain === "time:hour" && steps <= 48) return formats.hour.format(moment(label));
  if (grain === "time:month") return formats.month.format(moment(label)).replace(" ", " ’");
  return formats.day.format(moment(label));
}

/** Write the first and last second of a period, as the API tells them. */
export function writeRange([first, last]) {
  const [from, to] = [moment(first.slice(0, 10)), moment(last.slice(0, 10))];
  return from.getTime() === to.getTime()
    ? formats.fullDay.format(from)
    : formats.dated.formatRange(from, to);
}
