// requests -- the table by name, with percentiles.
// SPDX-License-Identifier: MIT
import { foreign, h, named, section } from "./dom.js";
import { bytes, count, percent, rate, time } from "./format.js";
import { table } from "./table.js";

const SHOWN = ["50%", "90%", "95%", "99%", "99.9%"]; // the others with "all columns"

const PHASES = ["DNS", "Connect", "TLS", "Wait", "Receive"];
const MEANING = ["looking its name up", "connecting", "the TLS handshake", "waiting for the first byte", "receiving the rest"];

/** Of what the times were made, by name: averages of all requests, and as a bar. */
export function timings(data) {
  const rows = data.entries.filter((entry) => entry.phases);
  if (rows.length === 0) return null;
  const sum = (row) => row.phases.average.reduce((a, b) => a + b, 0);
  const bar = (row) => h("svg", { class: "phases", viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true" },
    row.phases.average.reduce(({ at, parts }, ms, i) => {
      const wide = ms / (sum(row) || 1) * 100;
      if (wide > 0) parts.push(h("path", { d: `M${at.toFixed(2)} 0h${wide.toFixed(2)}v4h-${wide.toFixed(2)}z`, class: "phase-" + i }));
      return { at: at + wide, parts };
    }, { at: 0, parts: [] }).parts);
  return section("timings", "Timings", h("p", { class: "hint" },
    "Of what response times were made: averages of all requests in milliseconds. A kept connection needs no name, no connecting and no TLS."),
  table([
    { title: "Type", kind: "text", value: (row) => row.method, cell: (row) => foreign(row.method) },
    { title: "Name", kind: "text", value: (row) => row.name, cell: (row) => named(row.name) },
    { title: "Connections", hint: "requests that needed a new one", value: (row) => row.phases.connections, cell: (row) => count(row.phases.connections) },
    ...PHASES.map((title, i) => ({ title: [h("i", { class: "key phase-" + i }), title], hint: MEANING[i] + ", on average",
      value: (row) => row.phases.average[i], cell: (row) => time(row.phases.average[i]) })),
    ...PHASES.map((title, i) => ({ title: title + ", max", hint: MEANING[i] + ", the longest", extra: true,
      value: (row) => row.phases.max[i], cell: (row) => time(row.phases.max[i]) })),
    { title: "Shares", value: sum, cell: bar },
  ], { rows, foot: data.total.phases ? [data.total] : [], header: 1, caption: "Timings by name; times in milliseconds",
    filter: (row) => row.method + " " + row.name }));
}

export function requests(data) {
  if (data.entries.length === 0) return null;
  const number = (title, key, show, more) => ({ title, value: (row) => row[key], cell: (row) => show(row[key]), ...more });
  const columns = [
    { title: "Type", kind: "text", value: (row) => row.method, cell: (row) => foreign(row.method) },
    { title: "Name", kind: "text", value: (row) => row.name, cell: (row) => named(row.name) },
    number("Requests", "requests", count),
    number("Failures", "failures", count, { mark: (row) => (row.failures ? "bad" : "") }),
    number("Failed", "failed", percent, { mark: (row) => (row.failures ? "bad" : "") }),
    number("Req/s", "rate", rate, { hint: "requests a second over the whole run" }),
    number("Failures/s", "failure_rate", rate, { extra: true }),
    number("Average", "average", time, { hint: "milliseconds" }),
    number("Min", "min", time, { hint: "milliseconds" }),
    ...data.percentiles.slice(0, -1).map((label, i) => ({
      title: label, extra: !SHOWN.includes(label), hint: "milliseconds within which " + label + " were answered",
      value: (row) => row.percentiles[i] ?? null, cell: (row) => time(row.percentiles[i]),
    })),
    number("Max", "max", time, { hint: "milliseconds" }), // the last of the percentiles, unrounded
    number("Size", "size", bytes, { hint: "average of the answers' bodies", extra: true }),
  ];
  return section("requests", "Requests", table(columns, {
    rows: data.entries.slice(), foot: [data.total], header: 1,
    caption: "Requests by name; times in milliseconds", filter: (row) => row.method + " " + row.name,
  }));
}
