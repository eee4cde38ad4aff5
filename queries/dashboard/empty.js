/** What a site without any traffic shows: how to begin. */
import { Problem, ask, forget } from "./api.js";
import { element } from "./element.js";
import { everQuery } from "./queries.js";

const SECONDS = 4;

/** Whether a site never had traffic. */
export async function isEmpty(site) {
  const { results } = await ask(everQuery(site));
  return results.every((row) => row.metrics.every((count) => !count));
}

/** Return the first steps; `onfirst` is called when the first visit is there. */
export function emptyView(site, onfirst) {
  const snippet = `<script defer src="${location.origin}/js/footfall.js" data-site="${site}"></script>`;
  const copied = element("span", { class: "unseen", role: "status" });
  const copy = element("button", { type: "button", class: "button primary", onclick: () => take() }, "Copy");
  const node = element(
    "section",
    { class: "card empty", "aria-label": "First steps" },
    element("h2", {}, `Nobody has passed through ${site} yet`),
    element("p", {}, "Put this line into the head of every page. It stores nothing on the visitor’s device."),
    element("div", { class: "snippet" }, element("code", { tabindex: "0" }, snippet), copy, copied),
    element("p", { class: "quiet" }, "Then open a page of yours in another tab. Or try it out on the ", element("a", { href: "/sample/", target: "_blank", rel: "noreferrer" }, "sample site"), " of this server."),
    element("span", { class: "live" }, "Waiting for the first visit"),
  );

  async function take() {
    await navigator.clipboard.writeText(snippet);
    copy.textContent = "Copied";
    copied.textContent = "Copied to the clipboard";
  }

  const timer = setInterval(async () => {
    if (!node.isConnected) {
      clearInterval(timer);
      return;
    }
    if (document.hidden) return;
    forget();
    const isStillEmpty = await isEmpty(site).catch((problem) => {
      if (problem instanceof Problem) return true;
      throw problem;
    });
    if (isStillEmpty || !node.isConnected) return;
    clearInterval(timer);
    forget();
    onfirst();
  }, SECONDS * 1000);

  return node;
}
