/** Return a new element; `on…` properties are listeners, null and false leave an attribute out. */
export function element(tag, attributes = {}, ...children) {
  return dressed(document.createElement(tag), attributes, children);
}

/** Return a new SVG element, likewise. */
export function drawing(tag, attributes = {}, ...children) {
  return dressed(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function dressed(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(name, value === true ? "" : value);
    }
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

/** Put new content into `place`; who was at an element with a `data-key` finds its successor. */
export function renew(place, ...content) {
  const focused = place.contains(document.activeElement) && document.activeElement.dataset.key;
  place.replaceChildren(...content);
  if (focused) place.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

/** Return a button with a drawing in place of words. */
export function iconButton(label, icon, onclick, more = {}) {
  const attributes = { type: "button", class: "icon-button", "aria-label": label, title: label };
  return element("button", { ...attributes, onclick, ...more }, icons[icon]());
}

/** Return a select in its frame; `choices` are pairs of value and words. */
export function select(label, choices, chosen, onchoose, kind = "") {
  const options = choices.map(([value, words]) =>
    element("option", { value, selected: value === chosen }, words),
  );
  const onchange = (event) => onchoose(event.target.value);
  return element(
    "span",
    { class: `select ${kind}` },
    element("select", { "aria-label": label, onchange }, ...options),
  );
}

const half = () => {
  const icon = outline("M12 3.5a8.5 8.5 0 100 17 8.5 8.5 0 000-17z")();
  icon.append(drawing("path", { d: "M12 3.5a8.5 8.5 0 010 17z", fill: "currentColor", stroke: "none" }));
  return icon;
};

const outline = (path) => () =>
  drawing(
    "svg",
    {
      viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "aria-hidden": "true",
      "stroke-width": "1.8", "stroke-linecap": "round", "stroke-linejoin": "round",
    },
    drawing("path", { d: path }),
  );

const icons = {
  download: outline("M12 4v11m0 0l-4.5-4.5M12 15l4.5-4.5M5 19.5h14"),
  close: outline("M6 6l12 12M18 6L6 18"),
  leave: outline("M14 5h4a1 1 0 011 1v12a1 1 0 01-1 1h-4M4.5 12H15m0 0l-4-4m4 4l-4 4"),
  enter: outline("M10 5H6a1 1 0 00-1 1v12a1 1 0 001 1h4M9 12h10.5m0 0l-4-4m4 4l-4 4"),
  theme: half,
};
