/** What to tell when the API does not answer with numbers. */
import { namesOf, nameOf } from "./dimensions.js";
import { element } from "./element.js";
import { valueName } from "./values.js";

const IMPOSSIBLE = 422;

/** Two dimensions that do not meet, which the catalogue tells before the API is asked. */
export class Unmet extends Error {
  constructor(meets) {
    super("these two do not meet");
    this.status = IMPOSSIBLE;
    this.meets = meets;
  }
}

/** Return words for a problem; `tab` is the one that shows it, if one does. */
export function explain(problem, state, tab) {
  if (problem.status !== IMPOSSIBLE) return remedy(problem);
  if (!tab || !problem.meets) return sentence(problem.message);
  const { dimension, value } = state.filter;
  const possible = problem.meets.map(namesOf).filter(Boolean).join(", ");
  const one = `one ${nameOf(dimension).toLowerCase()} (${valueName(dimension, value)})`;
  const why = "only some pairs of attributes are kept, so that no record speaks of one person.";
  const shown = possible && ` Shown with this filter: ${possible}.`;
  return `${tab.name} cannot be told for ${one}: ${why}${shown}`;
}

/** Return the explanation with a button to try again, where that can help. */
export function problemView(problem, state, retry, tab) {
  const again = problem.status !== IMPOSSIBLE &&
    element("button", { type: "button", class: "button", onclick: retry }, "Try again");
  return element("div", { class: "said" }, element("p", {}, explain(problem, state, tab)), again || null);
}

function remedy(problem) {
  if (problem.status === 429) return `Too many questions at once. Try again in ${problem.wait || "a few"} seconds.`;
  if (problem.status === 504) return "The answer took too long. Choose a shorter period.";
  return sentence(problem.message);
}

/** Details begin with the field of the query, which says nothing here. */
function sentence(detail) {
  const words = detail.replace(/^[a-z_[\].0-9]+: /, "");
  return words[0].toUpperCase() + words.slice(1) + (/[.?!]$/.test(words) ? "" : ".");
}
