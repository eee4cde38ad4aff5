/*
 * The website script: tells the collector of page views, custom events and time
 * spent. It keeps nothing on the device, but for the wish not to be counted.
 *
 *   <script defer src="https://HOST/js/footfall.js" data-site="example.com"></script>
 *
 * data-api      where to send to; without it, /api/event at the script's origin
 * data-exclude  paths that send nothing: "/admin/*, /preview"
 * data-hash     what follows # belongs to the path
 * data-manual   a page counts only when footfall("pageview") is called
 *
 *   footfall("Signup", { props: { plan: "pro" }, interactive: false, url: "…" })
 *   footfall.optOut(), footfall.optIn()
 *
 * Served without comments and white space but with its names, so that a visitor
 * can read what runs. Short names are the wire format's. ECMAScript 2017 only.
 */
(() => {
  const { q = [], optOut } = window.footfall || {};
  if (optOut) return; // included twice

  const {
    src,
    dataset: {
      api = new URL("/api/event", src),
      site: d = location.hostname,
      exclude = "",
      hash,
      manual
    }
  } = document.currentScript;
  const h = hash == null ? hash : 1; // an undefined key is left out of the JSON

  let page, // path of the page counted last; none before the first
    href, // of that page, for a report made when the location has moved on
    seen, // when it was last looked at, ms; nothing while it is not seen
    spent, // ms seen and not yet reported
    low, // lowest pixel seen
    height, // of the page by then, px
    sent; // lowest pixel reported

  const path = () => location.pathname + (h ? location.hash : "");

  const excludes = (part) =>
    RegExp("^" + part.replace(/\W/g, "\\$&").replace(/\\\*/g, ".*") + "$").test(page || path());

  /* As text: JSON would make the browser ask the collector first (CORS preflight). */
  const send = async (hit) => {
    try {
      if (localStorage.footfall) return;
    } catch (_) {} // a frame that may store nothing
    try {
      if (navigator.globalPrivacyControl || exclude.split(/[, ]+/).some(excludes)) return;
      await fetch(api, { method: "POST", body: JSON.stringify(hit), keepalive: true });
    } catch (_) {} // the page matters more than its statistics
  };

  const footfall = (window.footfall = (n, options) => {
    const { props: p, interactive: i, url: u = location.href } = options || {};
    if (n == "pageview") {
      look();
      report();
      page = path();
      href = u;
      spent = low = sent = 0;
    }
    send({ n, u, d, h, p, i, r: document.referrer, w: innerWidth });
  });

  /* A page opened in the background or prerendered is hidden; it counts once it shows. */
  const turn = () => {
    if (manual == null && !document.hidden && page != path()) footfall("pageview");
  };

  const scroll = () => {
    low = Math.max(low, scrollY + innerHeight);
    height = document.documentElement.scrollHeight;
  };

  const look = (left) => {
    const now = performance.now();
    if (seen) spent += now - seen;
    seen = !left && !document.hidden && document.hasFocus() && now;
  };

  /* Once a page, then for another second or a deeper scroll, so flapping focus stays quiet. */
  const report = () => {
    if (!spent) return; // also before the first page, when it is no number yet
    if (!low) scroll();
    if (low > sent || spent > 999) {
      const sd = Math.min(100, (100 * low) / height) | 0;
      send({ n: "engagement", u: href, d, h, e: Math.round(spent), sd });
      spent = 0;
      sent = low;
    }
  };

  const notice = ({ type, persisted }) => {
    look(type == "pagehide");
    if (!seen) report();
    if (persisted && type == "pageshow") page = 0; // back from the cache: seen anew
    turn();
  };

  footfall.optOut = () => (localStorage.footfall = "out");
  footfall.optIn = () => delete localStorage.footfall;

  addEventListener("scroll", scroll);
  // popstate also comes when only the hash changes.
  for (const type of ["focus", "blur", "pagehide", "pageshow", "visibilitychange", "popstate"])
    addEventListener(type, notice);

  for (const method of ["pushState", "replaceState"]) {
    const push = history[method];
    history[method] = (...state) => {
      push.apply(history, state);
      turn();
    };
  }

  turn();
  for (const call of q) footfall(...call);
})();
