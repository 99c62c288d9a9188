// tasks -- what share of the users each class is, and of their turns each task has.
// SPDX-License-Identifier: MIT
import { foreign, h, section } from "./dom.js";
import { percent } from "./format.js";

function rows(level, depth) {
  return Object.entries(level).flatMap(([name, { ratio, tasks }]) => [
    h("tr", null,
      h("th", { scope: "row", class: "text", style: null }, h("span", { class: "depth-" + Math.min(depth, 6) }, foreign(name))),
      h("td", null, percent(ratio * 100)),
      h("td", { class: "bar" }, h("meter", { min: "0", max: "1", value: String(ratio), "aria-hidden": "true" }))),
    ...(tasks ? rows(tasks, depth + 1) : [])]);
}

export function tasks(data) {
  if (!data.tasks || !data.tasks.total || Object.keys(data.tasks.total).length === 0) return null;
  return section("tasks", "Tasks", h("div", { class: "scroll" }, h("table", { class: "narrow" },
    h("caption", null, "Shares of user classes and tasks in all that is done"),
    h("thead", null, h("tr", null, h("th", { scope: "col", class: "text" }, "Class and task"), h("th", { scope: "col" }, "Share"), h("td"))),
    h("tbody", null, rows(data.tasks.total, 0)))));
}
