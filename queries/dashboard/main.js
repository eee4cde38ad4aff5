/** The beginning: a key opens its sites; a public site opens without one. */
import { ask, forget, openSites } from "./api.js";
import { makeDashboard } from "./dashboard.js";
import { headlineQuery } from "./queries.js";
import { currentKey, keepKey } from "./session.js";
import { signIn } from "./signin.js";
import { change, current } from "./state.js";

const CLOSED = [401, 403];
const isFrame = document.documentElement.dataset.view === "embed";
const place = document.getElementById("dashboard");

function showDoor(why) {
  forget();
  place.replaceChildren(signIn(open, why));
}

function open(sites) {
  if (!sites.includes(current().site)) change({ site: sites[0], filter: null }, false);
  const dashboard = makeDashboard(showDoor, isFrame);
  place.replaceChildren(dashboard.node);
  dashboard.offer(sites);
}

async function begin() {
  const { site } = current();
  if (!site && !currentKey()) {
    showDoor();
    return;
  }
  try {
    // A known site is shown while the door is still being asked.
    const opened = currentKey() ? openSites() : headlineQuery(current()).then(ask).then(() => [site]);
    const dashboard = site && makeDashboard(showDoor, isFrame);
    if (dashboard) place.replaceChildren(dashboard.node);
    const sites = await opened;
    if (dashboard && sites.includes(site)) dashboard.offer(sites);
    else open(sites);
  } catch (problem) {
    const isClosed = CLOSED.includes(problem.status);
    if (isClosed) keepKey("");
    if (isClosed || !site) showDoor(isClosed ? "" : problem.message);
  }
}

begin();
