/** How many visitors are on the site now, asked again while someone looks. */
import { currentVisitors } from "./api.js";
import { element } from "./element.js";

const SECONDS = 12;
const FIRST_LOOK = 1500; // milliseconds; what is looked at first goes first
const NOT_THERE = 404;

/** Return the number with `watch(site)`. */
export function makeLive() {
  const number = element("strong", {});
  const words = element("span", { class: "words" });
  const node = element("span", { class: "live", hidden: true }, element("span", {}, number, words));
  let watched = "";
  let isKnown = true;

  async function look() {
    if (!isKnown || document.hidden || !watched || !node.isConnected) return;
    const site = watched;
    try {
      const count = await currentVisitors(site);
      if (site !== watched || count === null) return; // no collector tells
      number.textContent = count.toLocaleString("en-US");
      words.textContent = count === 1 ? " current visitor" : " current visitors";
      node.title = `${count}${words.textContent}`;
      node.hidden = false;
    } catch (problem) {
      node.hidden = true;
      isKnown = problem.status !== NOT_THERE;
    }
  }

  function watch(site) {
    if (site === watched) return;
    watched = site;
    node.hidden = true;
    setTimeout(look, FIRST_LOOK);
  }

  setInterval(look, SECONDS * 1000);
  document.addEventListener("visibilitychange", look);
  return { node, watch };
}
