/** The world, each country in a shade of its visitors. Beside a list, which says the same in words. */
import { drawing, element } from "./element.js";
import { filterBy, isChosen } from "./filter.js";
import { write } from "./numbers.js";
import { valueName } from "./values.js";

const FAINTEST = 16;
let world = null;

/** Return a map with `show(rows, state)`; rows are those of the countries' list. */
export function makeMap() {
  const tip = element("div", { class: "map-tip", hidden: true });
  const node = element("div", { class: "map" }, tip);
  const paths = new Map();
  const visitors = new Map();

  async function draw() {
    world ??= fetch(new URL("vendor/world/world.json", import.meta.url)).then((found) => found.json());
    const { width, height, shapes } = await world;
    for (const [code, d] of Object.entries(shapes)) {
      paths.set(code, drawing("path", { d, "data-code": code }));
    }
    const label = "Map of visitors by country; the list has the same numbers";
    const frame = { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label };
    const svg = drawing("svg", frame, ...paths.values());
    svg.addEventListener("pointermove", point);
    svg.addEventListener("pointerleave", () => (tip.hidden = true));
    svg.addEventListener("click", (event) => {
      const code = event.target.dataset.code;
      if (visitors.has(code)) filterBy("visit:country", code);
    });
    node.prepend(svg);
  }
  const drawn = draw();

  async function show(rows, state) {
    await drawn;
    visitors.clear();
    rows.forEach((row) => visitors.set(row.dimensions[0], row.metrics[0]));
    const most = Math.max(...visitors.values(), 1);
    for (const [code, path] of paths) shade(code, path, most, state);
  }

  function shade(code, path, most, state) {
    const count = visitors.get(code) ?? 0;
    path.toggleAttribute("data-known", count > 0);
    // Roots, since a few countries have nearly all visitors and the others would look alike.
    const strength = FAINTEST + (100 - FAINTEST) * Math.sqrt(count / most);
    path.style.fill = count ? `color-mix(in oklab, var(--accent) ${strength.toFixed(0)}%, var(--land))` : "";
    path.style.stroke = isChosen(state, "visit:country", code) ? "var(--ink)" : "";
  }

  function point(event) {
    const { code } = event.target.dataset;
    tip.hidden = !code;
    if (!code) return;
    tip.replaceChildren(
      `${valueName("visit:country", code)} `,
      element("strong", {}, write("count", visitors.get(code) ?? 0)),
    );
    const frame = node.getBoundingClientRect();
    const left = Math.min(event.clientX - frame.left + 12, frame.width - tip.offsetWidth);
    tip.style.transform = `translate(${left}px, ${event.clientY - frame.top - 44}px)`;
  }

  return { node, show };
}
