/** The panels and their tabs: which dimension each lists, and with which metrics. */

const OF_VISITS = ["visitors", "percentage", "visits", "pageviews", "bounce_rate", "visit_duration"];
const OF_PAGES = ["visitors", "percentage", "pageviews", "bounce_rate", "time_on_page", "scroll_depth"];
const OF_ACTS = ["visitors", "events", "conversion_rate"];
const OF_GOALS = ["visitors", "conversion_rate"];
const ALL_OF_GOALS = ["visitors", "conversion_rate", "visits", "pageviews", "events"];
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
      {
        id: "campaigns",
        name: "Campaigns",
        variants: [
          visits("campaign", "Campaigns", "utm_campaign", "Campaign"),
          visits("source", "UTM sources", "utm_source", "UTM source"),
          visits("medium", "UTM media", "utm_medium", "UTM medium"),
          visits("content", "UTM contents", "utm_content", "UTM content"),
          visits("term", "UTM terms", "utm_term", "UTM term"),
        ],
      },
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
      { id: "goals", name: "Goals", dimension: "event:goal", one: "Goal", metrics: OF_GOALS, details: ALL_OF_GOALS },
      { id: "events", name: "Events", dimension: "event:name", one: "Event", metrics: OF_ACTS, details: OF_ACTS },
      { id: "properties", name: "Properties", one: "Value", metrics: OF_ACTS, details: OF_ACTS },
    ],
  },
];

/** Return the chosen tab of a panel, with the dimension of the chosen variant or property. */
export function chosenTab(panel, state) {
  const tab = panel.tabs.find((each) => each.id === state.tabs[panel.id]) ?? panel.tabs[0];
  if (tab.id === "properties" && state.prop) {
    return { ...tab, dimension: `event:props:${state.prop}`, one: state.prop };
  }
  if (!tab.variants) return tab;
  const variant = tab.variants.find((each) => each.id === state.utm) ?? tab.variants[0];
  return { ...variant, id: tab.id, variants: tab.variants, variant: variant.id };
}

const everyTab = PANELS.flatMap((panel) => panel.tabs).flatMap((tab) => tab.variants ?? [tab]);

/** Return what one value of a dimension is called: Page, Country. */
export function nameOf(dimension) {
  const tab = everyTab.find((each) => each.dimension === dimension);
  return tab?.one ?? dimension.replace("event:props:", "");
}

/** Return what the values of a dimension are called: Top pages, Countries; nothing if not shown. */
export function namesOf(dimension) {
  return everyTab.find((each) => each.dimension === dimension)?.name;
}
