/** The door: a query key opens the sites it is for. */
import { forget, openSites } from "./api.js";
import { element } from "./element.js";
import { brand } from "./header.js";
import { keepKey } from "./session.js";

const UNKNOWN = 401;

/** Return the form; `onopen(sites)` is called once a key has opened something. */
export function signIn(onopen, why = "") {
  const field = element("input", {
    type: "password", class: "field", name: "key", autocomplete: "current-password",
    required: true, autofocus: true, "aria-describedby": "sign-in-problem",
  });
  const problem = element("p", { class: "problem", id: "sign-in-problem", role: "alert" }, why);
  const button = element("button", { class: "button primary" }, "Open the dashboard");

  async function onsubmit(event) {
    event.preventDefault();
    button.disabled = true;
    problem.textContent = "";
    keepKey(field.value.trim());
    forget();
    try {
      onopen(await openSites());
    } catch (error) {
      keepKey("");
      problem.textContent = error.status === UNKNOWN
        ? "This key opens nothing here. Make one with “footfall key new” and put its hash into the settings."
        : error.message;
      field.focus();
    }
    button.disabled = false;
  }

  const form = element(
    "form",
    { class: "card sign-in", onsubmit },
    brand(),
    element("label", {}, "Query key", field),
    problem,
    button,
    element("p", { class: "quiet" }, "The key stays in this tab and is forgotten when you close it."),
  );
  return element("main", { class: "alone" }, form);
}
