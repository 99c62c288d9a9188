// metrics -- checks, and what else a script counted by itself.
// SPDX-License-Identifier: MIT
import { foreign, section } from "./dom.js";
import { count } from "./format.js";
import { table } from "./table.js";

const number = (title, key, more) => ({ title, value: (row) => row[key], cell: (row) => count(row[key]), ...more });

export function checks(data) {
  if (data.checks.length === 0) return null;
  const bad = { mark: (row) => (row.fails ? "bad" : "") };
  return section("checks", "Checks", table([
    { title: "Name", kind: "text", value: (row) => row.name, cell: (row) => foreign(row.name) },
    number("Checked", "count"), number("Passed", "passes"), number("Failed", "fails", bad),
    { title: "Passed", value: (row) => parseFloat(row.ratio), cell: (row) => row.ratio, ...bad },
  ], { rows: data.checks.slice(0, -1), foot: data.checks.slice(-1), caption: "Checks, and how often they passed", filter: (row) => row.name }));
}

// Values come as texts: they may be of any size, and some kinds have none.
const value = (title, key, hint) => ({ title, hint, value: (row) => (row[key] === "" ? null : parseFloat(row[key])), cell: (row) => row[key] });

export function metrics(data) {
  if (data.metrics.length === 0) return null;
  return section("metrics", "Metrics", table([
    { title: "Kind", kind: "text", value: (row) => row.kind, cell: (row) => row.kind },
    { title: "Name", kind: "text", value: (row) => row.name, cell: (row) => foreign(row.name) },
    number("Values", "count"),
    value("Value", "value", "a counter's sum, a gauge's last value, a rate's share"),
    value("Value/s", "per_second"), value("Average", "average"), value("Min", "min"), value("50%", "p50"), value("95%", "p95"),
    value("99%", "p99"), value("Max", "max"),
  ], { rows: data.metrics.slice(), caption: "Metrics of the script", header: 1, filter: (row) => row.name }));
}
