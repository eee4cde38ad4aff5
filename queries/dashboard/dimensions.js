/** The panels and their tabs: which dimension each lists, and with which metrics. */

const OF_VISITS = ["visitors", "percentage", "visits", "pageviews", "bounce_rate", "visit_duration"];
const OF_PAGES = ["visitors", "percentage", "pageviews", "bounce_rate", "time_on_page", "scroll_depth"];
const OF_ACTS = ["visitors", "events", "conversion_rate"];
const SHARE = ["visitors", "percentage"];

const visits = (id, name, dimension, one) => ({
  id, name, dimension: `visit:${dimension}`, one, metrics: SHARE, details: OF_VISITS,
});

export const PANELS = [
  {
    id: "pages",
    name: "Pages",
    tabs: [
      { id: "top", name: "Top pages", dimension: "event:page", one: "Page", metrics: SHARE, details: OF_PAGES },
      visits("entry", "Entry pages", "entry_page", "Entry page"),
      visits("exit", "Exit pages", "exit_page", "Exit page"),
      { id: "sections", name: "Sections", dimension: "event:section", one: "Section", metrics: SHARE, details: OF_PAGES },
    ],
  },
  {
    id: "sources",
    name: "Sources",
    tabs: [
      visits("sources", "Sources", "source", "Source"),
      visits("channels", "Channels", "channel", "Channel"),
      visits("referrers", "Referrers", "referrer", "Referrer"),
      visits("campaigns", "Campaigns", "utm_campaign", "Campaign"),
      visits("utm_source", "UTM source", "utm_source", "UTM source"),
      visits("utm_medium", "UTM medium", "utm_medium", "UTM medium"),
      visits("utm_content", "UTM content", "utm_content", "UTM content"),
      visits("utm_term", "UTM term", "utm_term", "UTM term"),
    ],
  },
  {
    id: "places",
    name: "Places",
    isWide: true,
    tabs: [
      visits("countries", "Countries", "country", "Country"),
      { ...visits("regions", "Regions", "region", "Region"), wants: "city" },
      { ...visits("cities", "Cities", "city", "City"), wants: "city" },
      visits("providers", "Providers", "provider", "Provider"),
      visits("languages", "Languages", "language", "Language"),
    ],
  },
  {
    id: "technology",
    name: "Technology",
    tabs: [
      visits("browsers", "Browsers", "browser", "Browser"),
      visits("versions", "Versions", "browser_version", "Browser version"),
      visits("systems", "Systems", "os", "System"),
      visits("system_versions", "System versions", "os_version", "System version"),
      visits("devices", "Devices", "device", "Device"),
      visits("screens", "Screens", "screen", "Screen"),
    ],
  },
  {
    id: "actions",
    name: "Goals and events",
    tabs: [
      { id: "goals", name: "Goals", dimension: "event:goal", one: "Goal", metrics: OF_ACTS, details: OF_ACTS },
      { id: "events", name: "Events", dimension: "event:name", one: "Event", metrics: OF_ACTS, details: OF_ACTS },
      { id: "properties", name: "Properties", one: "Value", metrics: OF_ACTS, details: OF_ACTS },
    ],
  },
];

/** Return the chosen tab of a panel; properties get the dimension of the chosen property. */
export function chosenTab(panel, state) {
  const tab = panel.tabs.find((each) => each.id === state.tabs[panel.id]) ?? panel.tabs[0];
  return tab.id === "properties"
    ? { ...tab, dimension: state.prop && `event:props:${state.prop}`, one: state.prop || "Value" }
    : tab;
}

/** Return what one value of a dimension is called: Page, Country. */
export function nameOf(dimension) {
  const tabs = PANELS.flatMap((panel) => panel.tabs);
  const tab = tabs.find((each) => each.dimension === dimension);
  return tab?.one ?? dimension.replace("event:props:", "");
}

/** Return what the values of a dimension are called: Top pages, Countries; nothing if not shown. */
export function namesOf(dimension) {
  const tabs = PANELS.flatMap((panel) => panel.tabs);
  return tabs.find((each) => each.dimension === dimension)?.name;
}
