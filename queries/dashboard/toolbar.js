/** The period, what it is compared with, and the filter. */
import { element, select } from "./element.js";
import { filterChip } from "./filter.js";
import { writeRange } from "./numbers.js";
import { COMPARISONS, PERIODS } from "./periods.js";
import { change, current } from "./state.js";

/** Return the toolbar with `update(state)` and `tell(meta)`, which has the dates of an answer. */
export function makeToolbar() {
  const dates = element("strong", {}, "\u00a0");
  const before = element("span", { class: "quiet" }, "\u00a0");
  const filter = element("div", { class: "filter" });
  const period = select("Period", PERIODS, current().period, choosePeriod);
  const compare = select("Comparison", COMPARISONS, current().compare, (value) => change({ compare: value }));
  const node = element(
    "div",
    { class: "toolbar" },
    element("div", { class: "range" }, dates, before),
    filter,
    element("span", { class: "spring" }),
    compare,
    period,
  );

  function choosePeriod(value) {
    if (value === "custom") {
      openDates(() => update(current()));
      return;
    }
    change({ period: value, grain: "" });
  }

  function update(state) {
    period.firstChild.value = state.period;
    compare.firstChild.value = state.compare;
    compare.firstChild.disabled = state.period === "all";
    filter.replaceChildren(state.filter ? filterChip(state.filter) : "");
  }

  function tell(meta) {
    dates.textContent = writeRange(meta.date_range);
    const other = meta.comparison_date_range;
    before.textContent = other ? `compared with ${writeRange(other)}` : meta.timezone.replaceAll("_", " ");
  }

  return { node, update, tell };
}

function openDates(onclose) {
  const { from, to } = current();
  const today = new Date().toISOString().slice(0, 10);
  const field = (value) => element("input", { type: "date", class: "field", value, required: true, max: "2099-12-31", min: "1990-01-01" });
  const [first, last] = [field(from || today), field(to || today)];
  const wrong = element("p", { class: "problem", role: "alert" });
  const dialog = element("dialog", { class: "small", "aria-label": "Custom dates", onclose: () => { dialog.remove(); onclose(); } });
  const onsubmit = (event) => {
    event.preventDefault();
    if (first.value > last.value) {
      wrong.textContent = "The first day is after the last.";
      return;
    }
    change({ period: "custom", from: first.value, to: last.value, grain: "" });
    dialog.close();
  };
  dialog.append(
    element(
      "form",
      { class: "form", onsubmit },
      element("label", {}, "First day", first),
      element("label", {}, "Last day", last),
      wrong,
      element(
        "div",
        { class: "buttons" },
        element("button", { type: "button", class: "button", onclick: () => dialog.close() }, "Cancel"),
        element("button", { class: "button primary" }, "Show"),
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
}
