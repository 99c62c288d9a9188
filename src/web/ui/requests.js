// requests -- the table by name, with percentiles.
// SPDX-License-Identifier: MIT
import { foreign, section } from "./dom.js";
import { bytes, count, percent, rate, time } from "./format.js";
import { table } from "./table.js";

const SHOWN = ["50%", "90%", "95%", "99%", "99.9%"]; // the others with "all columns"

export function requests(data) {
  if (data.entries.length === 0) return null;
  const number = (title, key, show, more) => ({ title, value: (row) => row[key], cell: (row) => show(row[key]), ...more });
  const columns = [
    { title: "Type", kind: "text", value: (row) => row.method, cell: (row) => foreign(row.method) },
    { title: "Name", kind: "text", value: (row) => row.name, cell: (row) => foreign(row.name) },
    number("Requests", "requests", count),
    number("Failures", "failures", count, { mark: (row) => (row.failures ? "bad" : "") }),
    number("Failed", "failed", percent, { mark: (row) => (row.failures ? "bad" : "") }),
    number("Req/s", "rate", rate, { hint: "requests a second over the whole run" }),
    number("Failures/s", "failure_rate", rate, { extra: true }),
    number("Average", "average", time, { hint: "milliseconds" }),
    number("Min", "min", time, { hint: "milliseconds" }),
    ...data.percentiles.map((label, i) => ({
      title: label === "100%" ? "Max" : label, extra: label !== "100%" && !SHOWN.includes(label),
      hint: "milliseconds" + (label === "100%" ? "" : " within which " + label + " were answered"),
      value: (row) => row.percentiles[i] ?? null, cell: (row) => time(row.percentiles[i]),
    })),
    number("Size", "size", bytes, { hint: "average of the answers' bodies", extra: true }),
  ];
  return section("requests", "Requests", table(columns, {
    rows: data.entries.slice(), foot: [data.total], header: 1,
    caption: "Requests by name; times in milliseconds", filter: (row) => row.method + " " + row.name,
  }));
}
