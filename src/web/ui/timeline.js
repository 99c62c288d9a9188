// timeline -- rate, failures, response times and users over the run: of all requests, or of one name.
// SPDX-License-Identifier: MIT
import { h, section, visible } from "./dom.js";
import { Timeline } from "./charts.js";
import { count, rate, time } from "./format.js";

const SECONDS = "Rates and percentiles at a moment are those of the ten seconds before it.";

/** At each moment of the history the value of the piece in which it lies. */
function stepped(history, series, values) {
  let i = 0;
  return history.at.map((at) => {
    while (i + 1 < series.at.length && series.at[i] < at - 0.5) i++;
    return values[i];
  });
}

/** What the charts show of all requests: second by second; the 99% where it is known, piece by piece. */
function ofAll({ history, series }) {
  const p99 = series ? stepped(history, series, series.rows[0].p99) : null;
  return { at: history.at, rate: history.rate, failures: history.failures, p50: history.p50, p95: history.p95, p99,
    users: history.users };
}

function ofName({ history, series }, i) {
  // Users are those of the second in which a piece ended.
  const users = series.at.map((at) => {
    let k = history.at.findIndex((t) => t >= at - 0.5);
    if (k < 0) k = history.at.length - 1;
    return history.users[k];
  });
  return { at: series.at, ...series.rows[i + 1], users };
}

export function timeline(data) {
  const { history, series } = data;
  if (history.at.length < 2) return null;
  const line = new Timeline(data.run.start);
  const hint = h("span");
  const place = h("div", { class: "charts" });

  function show(i) {
    const shown = i < 0 ? ofAll(data) : ofName(data, i);
    const step = i < 0 ? history.step : series.seconds;
    hint.textContent = i >= 0 ? "A point stands for the " + step + " seconds before it."
      : step > 1 ? "A point stands for " + step + " seconds: of rates their average, of users and times the highest. " + SECONDS
        : SECONDS;
    const times = [{ label: "50%", values: shown.p50, colour: "line-1", show: time },
      { label: "95%", values: shown.p95, colour: "line-2", show: time }];
    if (shown.p99) times.push({ label: "99%", values: shown.p99, colour: "line-4", show: time });
    place.replaceChildren(...line.charts_of(shown.at, [
      ["Requests", "a second", [
        { label: "Requests", values: shown.rate, colour: "line-1", fill: "fill-1", show: rate },
        { label: "Failures", values: shown.failures, colour: "line-bad", fill: "fill-bad", show: rate }]],
      ["Response times", "ms", times],
      ["Users", "", [{ label: "Users", values: shown.users, colour: "line-3", fill: "fill-3", show: (n) => count(Math.round(n)) }]],
    ]));
    line.draw();
  }

  const choice = series && series.at.length > 1 && data.entries.length > 1
    ? h("label", null, "Of ", h("select", { onchange: (event) => show(+event.target.value) },
      h("option", { value: "-1" }, "all requests"),
      data.entries.map((entry, i) => h("option", { value: String(i) }, visible((entry.method + " " + entry.name).trim())))))
    : null;
  const part = section("time", "Over time",
    h("p", { class: "hint" }, "Drag to zoom into all charts at once, double-click to see all again. ", hint),
    h("div", { class: "tools zoom" }, choice,
      h("span", { class: "buttons" },
        h("button", { type: "button", "aria-label": "Zoom in", onclick: () => line.zoomBy(0.5) }, "+"),
        h("button", { type: "button", "aria-label": "Zoom out", onclick: () => line.zoomBy(2) }, "\u2212")),
      line.range, line.reset), place);
  show(-1);
  return part;
}
