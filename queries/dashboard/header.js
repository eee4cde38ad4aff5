/** The top of the page: which site, who is there now, the theme, and the way out. */
import { element, iconButton, select } from "./element.js";
import { makeLive } from "./live.js";
import { currentKey, keepKey } from "./session.js";
import { change } from "./state.js";

/** Return the header with `update(state)` and `offer(sites)`. */
export function makeHeader(onsign) {
  const site = element("div", { class: "site-place" });
  const live = makeLive();
  const isSignedIn = Boolean(currentKey());
  const sign = iconButton(isSignedIn ? "Sign out" : "Sign in", isSignedIn ? "leave" : "enter", () => {
    keepKey("");
    onsign();
  });
  const node = element(
    "header",
    { class: "top" },
    element(
      "div",
      { class: "top-inner" },
      brand(),
      site,
      live.node,
      element("span", { class: "spring" }),
      iconButton("Switch between light and dark", "theme", switchTheme),
      sign,
    ),
  );
  let sites = [];

  function offer(names) {
    sites = names;
    site.replaceChildren();
  }

  function update(state) {
    const isOffered = site.firstElementChild?.dataset.site === state.site;
    if (!isOffered) site.replaceChildren(siteChoice(state.site));
    live.watch(state.site);
  }

  function siteChoice(chosen) {
    const names = sites.includes(chosen) ? sites : [chosen, ...sites];
    if (names.length === 1) return element("strong", { "data-site": chosen }, chosen);
    const onchoose = (name) => {
      choice.dataset.site = name;
      change({ site: name, filter: null, prop: "" });
    };
    const choice = select("Site", names.map((name) => [name, name]), chosen, onchoose, "site");
    choice.dataset.site = chosen;
    return choice;
  }

  return { node, offer, update };
}

/** Return the mark and the name. */
export function brand() {
  const icon = new URL("icon.svg", import.meta.url).href;
  return element("div", { class: "brand" }, element("img", { src: icon, alt: "footfall" }), element("span", { "aria-hidden": "true" }, "footfall"));
}

function switchTheme() {
  const root = document.documentElement;
  const isDark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  try {
    localStorage.setItem("footfall-theme", root.dataset.theme);
  } catch {
    // Without storage the theme lasts until the page is left.
  }
}
