/** The query API: asked once for the same, with the key if there is one. */
import { currentKey } from "./session.js";

const FRESH = 60_000;
const MOST = 300;
const PATIENCE = 5;
const answers = new Map();
const zones = new Map();
let catalogue = null;

/** What the API, or the way to it, says instead of an answer. */
export class Problem extends Error {
  constructor(status, detail, wait = 0) {
    super(detail);
    this.status = status;
    this.wait = wait;
  }
}

/** Return the answer to a query; the same one asked again within a minute is not sent again. */
export function ask(query) {
  const body = JSON.stringify(query);
  const known = answers.get(body);
  if (known && Date.now() - known.at < FRESH) return known.answer;
  const answer = send("/api/v2/query", { method: "POST", body });
  keep(body, answer);
  answer.then(
    ({ meta }) => zones.set(query.site_id, meta.timezone),
    () => answers.delete(body),
  );
  return answer;
}

function keep(body, answer) {
  answers.delete(body);
  answers.set(body, { at: Date.now(), answer });
  if (answers.size > MOST) answers.delete(answers.keys().next().value);
}

/** Forget all answers, as when another key is taken. */
export function forget() {
  answers.clear();
}

/** Return the names of the sites that the key opens. */
export async function openSites() {
  const query = { site_id: "*", metrics: ["visitors"], date_range: "day", dimensions: ["site"] };
  const answer = await ask(query);
  return [answer.query.site_id].flat();
}

/** Return a site's time zone. */
export async function zoneOf(site) {
  if (!zones.has(site)) await ask({ site_id: site, metrics: ["visitors"], date_range: "day" });
  return zones.get(site);
}

/** Return how many visitors are on the site now; a 404 is a server that does not tell. */
export async function currentVisitors(site) {
  const answer = await send(`/api/v2/realtime?site_id=${encodeURIComponent(site)}`);
  return answer.current_visitors;
}

/** Return the dimensions that one may meet, with a filter on one and a list of the other. */
export async function meetingOf(dimension) {
  catalogue ??= send("/api/v2/catalogue");
  const { dimensions } = await catalogue.catch((problem) => {
    catalogue = null;
    throw problem;
  });
  return dimensions.find((each) => each.name === dimension)?.meets ?? [];
}

/** Return the names of a site's custom properties. */
export async function propertiesOf(site) {
  const answer = await send(`/api/v2/properties?site_id=${encodeURIComponent(site)}`);
  return answer.properties;
}

async function send(address, options = {}, isSecond = false) {
  const response = await reach(address, options);
  if (response.ok) return response.json();
  const problem = await problemOf(response);
  if (problem.status === 429 && problem.wait <= PATIENCE && !isSecond) {
    await new Promise((resolve) => setTimeout(resolve, problem.wait * 1000));
    return send(address, options, true);
  }
  throw problem;
}

async function reach(address, options) {
  const headers = currentKey() ? { authorization: `Bearer ${currentKey()}` } : {};
  try {
    return await fetch(address, { ...options, headers, credentials: "omit" });
  } catch {
    throw new Problem(0, "The server cannot be reached. Is it running, and are you online?");
  }
}

async function problemOf(response) {
  const wait = Number(response.headers.get("retry-after"));
  const told = await response.json().catch(() => ({}));
  const detail = told.detail ?? `The server answered ${response.status}.`;
  return new Problem(response.status, detail, wait);
}
