/** The chart of the chosen metric: by mouse, by keyboard, and as a table for screen readers. */
import { element } from "./element.js";
import { write, writeChange, writeStep } from "./numbers.js";
import { plot } from "./plot.js";

const MARGIN = 14;

/** Return a chart with `show(series)` and `tell(node)`, which puts words in its place. */
export function makeChart() {
  const tip = element("div", { class: "chart-tip", hidden: true });
  const canvas = element("div", { class: "chart" });
  const slider = element("div", { role: "slider", tabindex: "0", class: "chart-slider", onkeydown: move, onblur: leave }, canvas);
  const words = element("div", { class: "chart-message", hidden: true });
  const numbers = element("div", { class: "unseen" });
  const node = element("div", { class: "chart-frame" }, slider, tip, words, numbers);
  let drawn = null;
  let series = null;

  function show(next) {
    series = next;
    words.hidden = true;
    slider.hidden = false;
    draw();
    numbers.replaceChildren(asTable(series));
    slider.setAttribute("aria-label", `${series.name} over time; arrow keys tell the steps`);
    slider.setAttribute("aria-valuemin", "0");
    slider.setAttribute("aria-valuemax", String(series.labels.length - 1));
    announce(series.values.findLastIndex((value) => value !== null));
  }

  function draw() {
    drawn?.destroy();
    tip.hidden = true;
    drawn = plot(canvas, series, point);
  }

  function tell(message) {
    drawn?.destroy();
    drawn = null;
    tip.hidden = true;
    slider.hidden = true;
    words.hidden = false;
    words.replaceChildren(message);
    numbers.replaceChildren();
  }

  function point(u) {
    const step = u.cursor.left >= 0 ? u.cursor.idx : null;
    tip.hidden = step === null || step === undefined;
    if (tip.hidden) return;
    tip.replaceChildren(tipOf(series, step));
    const left = u.valToPos(step, "x") + u.over.offsetLeft + canvas.offsetLeft;
    const isRight = left + tip.offsetWidth + MARGIN > node.clientWidth;
    const x = Math.max(0, isRight ? left - tip.offsetWidth - MARGIN : left + MARGIN);
    tip.style.transform = `translate(${x}px, ${canvas.offsetTop + 8}px)`;
  }

  function move(event) {
    const last = series.labels.length - 1;
    const from = drawn.cursor.left >= 0 ? drawn.cursor.idx : last + 1;
    const next = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const step = Math.min(last, Math.max(0, next));
    drawn.setCursor({ left: drawn.valToPos(step, "x"), top: 0 });
    announce(step);
  }

  function announce(step) {
    slider.setAttribute("aria-valuenow", String(Math.max(0, step)));
    if (step >= 0) slider.setAttribute("aria-valuetext", sentence(series, step));
  }

  function leave() {
    drawn?.setCursor({ left: -10, top: -10 });
  }

  new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = canvas;
    if (drawn && width && (drawn.width !== width || drawn.height !== height)) drawn.setSize({ width, height });
  }).observe(canvas);
  const redraw = () => drawn && draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });

  return { node, show, tell };
}

function tipOf(series, step) {
  const { grain, labels, values, before, beforeLabels, changes, running, form } = series;
  const lines = [
    element("dt", {}, `${writeStep(grain, labels[step])}${step === running ? " (so far)" : ""}`),
    element("dd", {}, write(form, values[step])),
  ];
  if (before && beforeLabels[step]) {
    lines.push(
      element("dt", { class: "before" }, writeStep(grain, beforeLabels[step])),
      element("dd", { class: "before" }, write(form, before[step])),
    );
    if (changes[step] && before[step] && values[step] !== null && step !== running) {
      lines.push(element("dt", {}, "Change"), element("dd", {}, `${changes[step] > 0 ? "+" : "−"}${writeChange(form, changes[step])}`));
    }
  }
  return element("div", {}, element("strong", {}, series.name), element("dl", {}, ...lines));
}

function sentence({ grain, labels, values, before, form }, step) {
  const compared = before ? `, before ${write(form, before[step])}` : "";
  return `${writeStep(grain, labels[step])}: ${write(form, values[step])}${compared}`;
}

function asTable({ name, grain, labels, values, before, form }) {
  const rows = labels.map((label, step) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, writeStep(grain, label)),
      element("td", {}, write(form, values[step])),
      before && element("td", {}, write(form, before[step])),
    ),
  );
  const heads = ["Time", name, before && "In the period compared with"].filter(Boolean);
  return element(
    "table",
    {},
    element("caption", {}, `${name} over time`),
    element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
    element("tbody", {}, ...rows),
  );
}
