/** What values are called: codes in words, and those in brackets. */
import { LOCALE } from "./numbers.js";

const regions = new Intl.DisplayNames([LOCALE], { type: "region" });
const languages = new Intl.DisplayNames([LOCALE], { type: "language" });
const IN_BRACKETS = /^\((unknown|none|other)\)$/;
const DEVICES = ["desktop", "mobile", "tablet", "tv", "other"];

/** Return a value of a dimension as people call it. */
export function valueName(dimension, value) {
  const bracketed = IN_BRACKETS.exec(value);
  if (bracketed) return capital(bracketed[1]);
  if (dimension === "visit:country") return named(regions, value);
  if (dimension === "visit:language") return named(languages, value);
  if (dimension === "visit:device" && DEVICES.includes(value)) {
    return value === "tv" ? "TV" : capital(value);
  }
  return value;
}

function named(names, code) {
  try {
    return names.of(code);
  } catch {
    return code;
  }
}

function capital(word) {
  return word[0].toUpperCase() + word.slice(1);
}
