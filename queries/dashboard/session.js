/** The query key: in this tab only, gone when the tab is closed, never in an address. */

const NAME = "footfall-key";
const isFrame = document.documentElement.dataset.view === "embed";
let key = isFrame ? "" : stored(); // a frame on another website shows what is public, whoever looks

/** Return the key, empty if there is none. */
export function currentKey() {
  return key;
}

/** Keep a key for as long as the tab is open; an empty one is forgotten. */
export function keepKey(secret) {
  key = secret;
  try {
    if (secret) sessionStorage.setItem(NAME, secret);
    else sessionStorage.removeItem(NAME);
  } catch {
    // Without storage the key lasts until the page is left.
  }
}

function stored() {
  try {
    return sessionStorage.getItem(NAME) ?? "";
  } catch {
    return "";
  }
}
