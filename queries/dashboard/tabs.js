/** Tabs as the ARIA Authoring Practices have them: one stop of the Tab key, arrows move within. */
import { element } from "./element.js";

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

/** Return a tab list; `show(id)` marks the chosen one. */
export function makeTabs(panel, onchoose) {
  const buttons = panel.tabs.map(({ id, name }) =>
    element(
      "button",
      {
        type: "button", role: "tab", id: `${panel.id}-${id}`, "aria-controls": `${panel.id}-body`,
        "data-tab": id, onclick: () => onchoose(id), onkeydown: move,
      },
      name,
    ),
  );
  const node = element("div", { class: "tabs", role: "tablist", "aria-label": panel.name }, ...buttons);

  function move(event) {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const next = buttons.at((buttons.indexOf(event.target) + step) % buttons.length);
    next.focus();
    next.click();
  }

  function show(id) {
    for (const button of buttons) {
      const isShown = button.dataset.tab === id;
      button.setAttribute("aria-selected", String(isShown));
      button.tabIndex = isShown ? 0 : -1;
      if (isShown) node.scrollLeft = button.offsetLeft - node.offsetLeft - 24;
    }
  }

  return { node, show };
}
