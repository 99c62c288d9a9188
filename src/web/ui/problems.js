// problems -- thresholds, failures and exceptions.
// SPDX-License-Identifier: MIT
import { foreign, h, named, section } from "./dom.js";
import { count, moment } from "./format.js";
import { table } from "./table.js";

const WORSE = { crossed: 0, "not judged": 1, passed: 2 };

export function thresholds(data) {
  if (data.thresholds.length === 0) return null;
  return section("thresholds", "Thresholds", table([
    { title: "Verdict", kind: "text", value: (row) => WORSE[row.verdict],
      cell: (row) => h("span", { class: "verdict-" + row.verdict.replace(" ", "-") }, row.verdict) },
    { title: "Threshold", kind: "text", value: (row) => row.text, cell: (row) => foreign(row.text) },
    { title: "Measured", value: (row) => parseFloat(row.value), cell: (row) => foreign(row.value) },
    { title: "Remark", kind: "text", value: (row) => row.reason, cell: (row) => foreign(row.reason, { class: "long" }) },
  ], { rows: data.thresholds.slice(), caption: "Thresholds, what was measured, and the verdict", header: 1 }));
}

export function failures(data) {
  if (data.failures.length === 0) return null;
  return section("failures", "Failures", table([
    { title: "Times", value: (row) => row.count, cell: (row) => count(row.count) },
    { title: "Type", kind: "text", value: (row) => row.method, cell: (row) => foreign(row.method) },
    { title: "Name", kind: "text", value: (row) => row.name, cell: (row) => named(row.name) },
    { title: "What happened", kind: "text", value: (row) => row.text, cell: (row) => foreign(row.text, { class: "long" }) },
    { title: "First", kind: "text", value: (row) => row.first, cell: (row) => moment(row.first), extra: true },
    { title: "Last", kind: "text", value: (row) => row.last, cell: (row) => moment(row.last), extra: true },
  ], { rows: data.failures.slice(), caption: "Failures, by type, name and text", filter: (row) => row.method + " " + row.name + " " + row.text, header: 2 }));
}

export function exceptions(data) {
  if (data.exceptions.length === 0) return null;
  return section("exceptions", "Exceptions", data.exceptions.map((e) =>
    h("details", { open: data.exceptions.length === 1 }, h("summary", null, h("span", { class: "times" }, count(e.count) + " ×"), " ", foreign(e.message)),
      h("pre", { tabindex: "0" }, foreign(e.traceback)))));
}
