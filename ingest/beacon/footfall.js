/*
 * The website script: tells the collector of page views, custom events and time
 * spent. It keeps nothing on the device and reads nothing that is kept there.
 *
 *   <script defer src="https://HOST/js/footfall.js" data-site="example.com"></script>
 *
 * data-api     where to send to; without it, /api/event at the script's origin
 * data-hash    what follows # belongs to the path
 * data-manual  a page counts only when footfall("pageview") is called
 *
 *   footfall("Signup", { props: { plan: "pro" }, interactive: false, url: "…" })
 *
 * Served without comments and white space but with its names, so that a visitor
 * can read what runs. Short names are the wire format's. ECMAScript 2015 only.
 */
(() => {
  const script = document.currentScript;
  const stub = window.footfall || {};
  if (!script || stub.loaded) return;

  const {
    api = new URL("/api/event", script.src),
    site: d = location.hostname,
    hash,
    manual
  } = script.dataset;
  const h = hash == null ? hash : 1; // an undefined key is left out of the JSON

  let page, // path of the page counted last; none before the first
    address, // of that page, for a report made when the location has moved on
    seen, // was it visible and focused at the last look?
    time, // of the last look, ms
    spent, // ms seen and not yet reported
    lowest, // pixel seen
    height, // of the page by then, px
    told; // lowest pixel reported

  /* As text: JSON would make the browser ask the collector first (CORS preflight). */
  const send = (hit) => {
    try {
      const body = JSON.stringify(hit);
      if (navigator.globalPrivacyControl) return;
      if (navigator.sendBeacon && navigator.sendBeacon(api, body)) return;
      fetch(api, { method: "POST", body, keepalive: true }).catch(() => {});
    } catch (_) {} // the page matters more than its statistics
  };

  const path = () => location.pathname + (h ? location.hash : "");

  const footfall = (n, options) => {
    const { props: p, interactive: i, url: u = location.href } = options || {};
    if (n == "pageview") {
      look();
      report();
      page = path();
      address = u;
      spent = lowest = told = 0;
    }
    send({ n, u, d, h, p, i, r: document.referrer || null, w: innerWidth });
  };

  /* A page opened in the background or prerendered is hidden; it counts once it shows. */
  const turn = () => {
    if (manual == null && !document.hidden && page != path()) footfall("pageview");
  };

  const scroll = () => {
    lowest = Math.max(lowest, scrollY + innerHeight);
    height = document.documentElement.scrollHeight;
  };

  const look = (leaving) => {
    const now = performance.now();
    if (seen) spent += now - time;
    time = now;
    seen = !leaving && !document.hidden && document.hasFocus();
  };

  /* Once a page, then for another second or a deeper scroll, so flapping focus stays quiet. */
  const report = () => {
    if (!spent) return; // also before the first page, when it is no number yet
    if (!lowest) scroll();
    if (lowest > told || spent > 999) {
      const sd = Math.min(100, Math.round((100 * lowest) / height));
      send({ n: "engagement", u: address, d, h, e: Math.round(spent), sd });
      spent = 0;
      told = lowest;
    }
  };

  const notice = (event) => {
    look(event.type == "pagehide");
    if (!seen) report();
    if (event.type == "pageshow" && event.persisted) page = 0; // back from the cache: seen anew
    turn();
  };

  window.footfall = footfall;
  footfall.loaded = true;

  addEventListener("scroll", scroll);
  // popstate also comes when only the hash changes.
  for (const type of ["focus", "blur", "pagehide", "pageshow", "visibilitychange", "popstate"])
    addEventListener(type, notice);

  for (const method of ["pushState", "replaceState"]) {
    const original = history[method];
    history[method] = function () {
      original.apply(this, arguments);
      turn();
    };
  }

  turn();
  for (const call of stub.q || []) footfall(...call);
})();
