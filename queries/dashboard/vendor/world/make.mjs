// Makes world.json: an SVG path for each country, by ISO 3166-1 alpha-2 code.
//
//   npm install world-atlas@2.0.2 topojson-client@3 topojson-simplify@3 d3-geo@3 i18n-iso-countries@7
//   node make.mjs > world.json
//
// The shapes are Natural Earth's (1:50m, public domain, https://www.naturalearthdata.com), as
// world-atlas packs them, in the Natural Earth projection, simplified to what can be
// seen at a width of 1000. Countries too small to be seen get a dot.
import { readFileSync } from "node:fs";
import { geoNaturalEarth1, geoPath } from "d3-geo";
import countries from "i18n-iso-countries";
import { feature } from "topojson-client";
import { filter, filterWeight, presimplify, quantile, simplify } from "topojson-simplify";

const WIDTH = 1000;
const KEPT = 0.08; // the share of points that stay
const VISIBLE = 10; // square pixels; smaller countries become dots
const DOT = 2.4;
const WITHOUT_NUMBER = { Kosovo: "XK" };
const JOINED = { Somaliland: "SO", "N. Cyprus": "CY" };
const ANTARCTICA = "AQ";

const atlas = JSON.parse(readFileSync("node_modules/world-atlas/countries-50m.json"));
const weighed = presimplify(atlas);
const threshold = quantile(weighed, KEPT);
const topology = filter(simplify(weighed, threshold), filterWeight(weighed, threshold));

const original = feature(atlas, atlas.objects.countries).features.filter(isShown);
const simplified = feature(topology, topology.objects.countries).features;
const projection = geoNaturalEarth1().fitWidth(WIDTH, { type: "FeatureCollection", features: original });
const path = geoPath(projection).digits(1);

const shapes = {};
original.forEach((country) => {
  const name = code(country);
  const isVisible = path.area(country) >= VISIBLE;
  const outline = isVisible ? path(simple(country)) : dot(path.centroid(country));
  shapes[name] = (shapes[name] ?? "") + (outline ?? "");
});
const height = Math.ceil(path.bounds({ type: "FeatureCollection", features: original })[1][1]);
process.stdout.write(JSON.stringify({ width: WIDTH, height, shapes }) + "\n");

function isShown(country) {
  return code(country) && code(country) !== ANTARCTICA;
}

function simple(country) {
  return simplified.find((each) => each.properties.name === country.properties.name);
}

function code(country) {
  const name = country.properties.name;
  return countries.numericToAlpha2(country.id) ?? WITHOUT_NUMBER[name] ?? JOINED[name];
}

function dot([x, y]) {
  const side = (2 * DOT).toFixed(1);
  return `M${(x - DOT).toFixed(1)},${y.toFixed(1)}a${DOT},${DOT} 0 1,0 ${side},0a${DOT},${DOT} 0 1,0 -${side},0Z`;
}
