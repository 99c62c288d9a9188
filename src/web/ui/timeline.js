// timeline -- rate, failures, response times and users, second by second.
// SPDX-License-Identifier: MIT
import { h, section } from "./dom.js";
import { Timeline } from "./charts.js";
import { count, rate, time } from "./format.js";

export function timeline(data) {
  const { history } = data;
  if (history.at.length < 2) return null;
  const line = new Timeline(history.at, data.run.start);
  const part = section("time", "Over time",
    h("p", { class: "hint" }, "Drag to zoom into all charts at once; double-click to see all again. ",
      history.step > 1 ? "A point stands for " + history.step + " seconds: of rates their average, of users and times the highest. " : "",
      "Rates and percentiles at a moment are those of the ten seconds before it."),
    h("p", { class: "zoom" }, line.range, line.reset),
    h("div", { class: "charts" },
      line.chart("Requests", "a second", [
        { label: "Requests", values: history.rate, colour: "line-1", fill: "fill-1", show: rate },
        { label: "Failures", values: history.failures, colour: "line-bad", fill: "fill-bad", show: rate }]),
      line.chart("Response times", "ms", [
        { label: "50%", values: history.p50, colour: "line-1", show: time },
        { label: "95%", values: history.p95, colour: "line-2", show: time }]),
      line.chart("Users", "", [{ label: "Users", values: history.users, colour: "line-3", fill: "fill-3", show: (n) => count(Math.round(n)) }])));
  return part;
}
