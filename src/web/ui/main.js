// main -- the page: reads the data that stands in it, and draws what the data has.
// SPDX-License-Identifier: MIT
import "./page.css";
import { h } from "./dom.js";
import { redraw } from "./charts.js";
import { head, summary } from "./summary.js";
import { requests, timings } from "./requests.js";
import { timeline } from "./timeline.js";
import { spread } from "./spread.js";
import { thresholds, failures, exceptions } from "./problems.js";
import { checks, metrics } from "./metrics.js";
import { tasks } from "./tasks.js";
import { about, scripts } from "./about.js";

const data = JSON.parse(document.getElementById("data").textContent);
const PAPER = 690; // pixels between the margins of A4, and of letter
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
let chosen = null; // "light" or "dark", by the reader; else the system's

const toggle = h("button", { type: "button", class: "theme", onclick: () => {
  chosen = theme() === "dark" ? "light" : "dark";
  retheme();
} });

function theme() {
  return chosen || (dark.matches ? "dark" : "light");
}

function retheme() {
  root.dataset.theme = theme();
  const other = theme() === "dark" ? "Light" : "Dark";
  toggle.textContent = other;
  toggle.setAttribute("aria-label", other + " colours");
  redraw();
}

const parts = [summary, thresholds, requests, timeline, spread, timings, checks, metrics, failures, exceptions, tasks, about, scripts]
  .map((make) => make(data)).flat().filter(Boolean);
const links = parts.map((part) => h("a", { href: "#" + part.id }, part.dataset.short || part.querySelector("h2").textContent));

document.title = data.title + " – Katydid";
document.body.append(
  head(data),
  h("nav", { "aria-label": "Parts of the report" }, h("div", null, links, toggle)),
  h("main", null, parts),
);
retheme();
dark.addEventListener("change", retheme);

// Paper is light, whatever the screen is.
addEventListener("beforeprint", () => {
  root.dataset.theme = "light";
  redraw(PAPER);
});
addEventListener("afterprint", retheme);
