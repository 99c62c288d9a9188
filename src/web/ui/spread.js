// spread -- the distribution of response times, by name.
// SPDX-License-Identifier: MIT
import { distribution } from "./charts.js";
import { foreign, h, section, visible } from "./dom.js";

const COLOURS = ["line-1", "line-2", "line-3", "line-4", "line-6", "line-7", "line-5", "line-8"];
const AT_FIRST = 4; // names, beside the total: those with most requests

export function spread(data) {
  const all = [data.total, ...data.entries].filter((entry) => entry.spread.length > 1);
  if (all.length === 0) return null;
  const shown = new Map(); // entry -> colour
  const free = () => COLOURS.find((c) => ![...shown.values()].includes(c));
  const label = (entry) => visible((entry.method + " " + entry.name).trim());
  const longest = Math.max(...all.map((entry) => entry.max));
  const shortest = Math.min(...all.map((entry) => entry.percentiles[0]).filter((ms) => ms > 0));
  const log = h("input", { type: "checkbox", onchange: () => chart.draw() });
  log.checked = longest > 100 * shortest;
  const chart = distribution(["Response time", h("span", { class: "unit" }, "ms")], () => [...shown].map(([entry, colour]) => ({
    label: label(entry), colour, count: entry.requests, points: entry.spread.map((ms, i) => [i < entry.spread.length - 1 ? data.shares[i] : 1, ms]),
  })), () => log.checked);
  const most = all.slice(1).sort((a, b) => b.requests - a.requests).slice(0, AT_FIRST);
  const boxes = all.map((entry) => {
    const box = h("input", { type: "checkbox", onchange: () => { choose(); chart.draw(); } });
    const swatch = h("span", { class: "swatch" });
    box.checked = entry === data.total || most.includes(entry);
    return { entry, box, swatch, node: h("label", null, box, swatch, foreign((entry.method + " " + entry.name).trim())) };
  });

  // Those that are shown keep their colours; those beyond the number of colours stay unchecked.
  function choose() {
    for (const { entry, box, swatch } of boxes) {
      if (!box.checked) shown.delete(entry);
      else if (!shown.has(entry) && free()) shown.set(entry, free());
      box.checked = shown.has(entry);
      swatch.className = "swatch " + (shown.get(entry) || "");
    }
    for (const { box } of boxes) box.disabled = !box.checked && shown.size === COLOURS.length;
  }
  choose();
  return section("distribution", "Distribution", h("p", { class: "hint" },
    "How many were answered within which time; the axis is stretched towards the slowest."),
    h("div", { class: "tools" }, h("label", null, log, " times on a logarithmic scale")),
    h("div", { class: "spread" }, chart.node,
      h("fieldset", null, h("legend", null, "Names, up to " + COLOURS.length), boxes.map((b) => b.node))));
}
