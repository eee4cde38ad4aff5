/** The one filter: everything is shown for one value of one dimension. */
import { nameOf } from "./dimensions.js";
import { element, iconButton } from "./element.js";
import { say } from "./notice.js";
import { change, current } from "./state.js";
import { valueName } from "./values.js";

/** Filter by a value; the same once more takes the filter away, one of another dimension asks. */
export function filterBy(dimension, value) {
  const { filter } = current();
  if (!filter || filter.dimension === dimension) {
    change({ filter: filter?.value === value ? null : { dimension, value } });
    return;
  }
  say(
    "One filter at a time: records hold two attributes at most, so that none can speak of one person.",
    [`Take ${valueName(dimension, value)} instead`, () => change({ filter: { dimension, value } })],
  );
}

/** Whether this is the value that is filtered by. */
export function isChosen(state, dimension, value) {
  return state.filter?.dimension === dimension && state.filter.value === value;
}

/** Return the filter as a chip that can be taken away. */
export function filterChip({ dimension, value }) {
  const words = element("span", {}, `${nameOf(dimension)} is `, element("strong", {}, valueName(dimension, value)));
  const remove = iconButton("Remove the filter", "close", () => change({ filter: null }));
  return element("div", { class: "chip" }, words, remove);
}
