/** How uPlot (vendor/uplot) draws a series. */
import { writeShort, writeTick } from "./numbers.js";

const { uPlot } = window;
const TICK_WIDTH = 74;
const SECONDS = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 36_000];
const COUNTS = Array.from({ length: 27 }, (_, power) => [1, 2, 5][power % 3] * 10 ** Math.floor(power / 3));

/** Draw a series into `place`; `onpoint(plot)` is called when the cursor moves. */
export function plot(place, series, onpoint) {
  const { labels, values, before, running } = series;
  const steps = labels.map((_, index) => index);
  // What is still running is dashed, since it is no fall.
  const settled = values.map((value, step) => (step === running ? null : value));
  const open = values.map((value, step) => (running > 0 && step >= running - 1 ? value : null));
  const data = [steps, before ?? steps.map(() => null), running > 0 ? settled : values, open];
  return new uPlot(options(place, series, onpoint), data, place);
}

function options(place, series, onpoint) {
  const color = (name) => colorOf(place, name);
  const isAlone = series.labels.length === 1;
  const line = (stroke, more) => ({ stroke, width: 2, points: { show: isAlone, size: 7, fill: stroke }, ...more });
  return {
    width: place.clientWidth,
    height: place.clientHeight,
    legend: { show: false },
    cursor: { y: false, move: (u, left, top) => [snapped(u, left), top], drag: { x: false, y: false }, points: { size: 8, width: 2, fill: color("--card") } },
    scales: {
      x: { time: false, range: (_, first, last) => (first === last ? [first - 1, last + 1] : [first, last]) },
      y: { range: (_, __, most) => [0, top(most, series.form)] },
    },
    axes: [xAxis(series, color), yAxis(series, color)],
    series: [
      {},
      line(color("--before"), { width: 1.5, dash: [4, 4] }),
      line(color("--accent"), { fill: (u) => wash(u, color) }),
      line(color("--accent"), { dash: [3, 4] }),
    ],
    hooks: { setCursor: [onpoint] },
  };
}

/** The cursor stands on steps, not between them. */
function snapped(u, left) {
  return left < 0 ? left : u.valToPos(u.posToIdx(left), "x");
}

function top(most, form) {
  if (!most) return form === "count" ? 4 : 1;
  return form === "percent" ? Math.min(100, most * 1.1) : most * 1.1;
}

function xAxis({ grain, labels }, color) {
  return {
    stroke: color("--muted"),
    font: font(),
    grid: { show: false },
    ticks: { show: false },
    gap: 8,
    size: 32,
    splits: (u) => {
      const every = Math.max(1, Math.ceil((labels.length * TICK_WIDTH) / u.width));
      return labels.map((_, index) => index).filter((index) => index % every === 0);
    },
    values: (_, splits) => splits.map((index) => writeTick(grain, labels[index], labels.length)),
  };
}

function yAxis({ form }, color) {
  return {
    stroke: color("--muted"),
    font: font(),
    grid: { stroke: color("--line"), width: 1 },
    ticks: { show: false },
    size: form === "seconds" ? 64 : 48,
    space: 36,
    incrs: { seconds: SECONDS, count: COUNTS }[form],
    values: (_, splits) => splits.map((value) => writeShort(form, value)),
  };
}

function wash(u, color) {
  const { top: from, height } = u.bbox;
  const gradient = u.ctx.createLinearGradient(0, from, 0, from + height);
  gradient.addColorStop(0, color("--wash"));
  gradient.addColorStop(1, color("--wash-end"));
  return gradient;
}

function font() {
  return "12px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
}

/** A canvas wants a plain color, which only a real property of an element tells. */
function colorOf(place, name) {
  place.style.outlineColor = `var(${name})`;
  const found = getComputedStyle(place).outlineColor;
  place.style.outlineColor = "";
  return found;
}
