/** A quiet word at the foot of the window, read out by screen readers. */
import { element, iconButton } from "./element.js";

const SECONDS = 12;
let timer = 0;

/** Say something; `action` is words and what a button with them does. */
export function say(text, action) {
  const place = document.getElementById("notice");
  const close = () => place.replaceChildren();
  const button = action && element(
    "button",
    { type: "button", class: "button", onclick: () => { close(); action[1](); } },
    action[0],
  );
  const words = element("span", {}, text);
  place.replaceChildren(element("div", {}, words, button, iconButton("Close", "close", close)));
  clearTimeout(timer);
  timer = setTimeout(close, SECONDS * 1000);
}
