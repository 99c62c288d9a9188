// about -- what ran, where, and with what.
// SPDX-License-Identifier: MIT
import { foreign, h, section } from "./dom.js";

export function about(data) {
  if (data.about.length === 0) return null;
  const part = section("about", "About this run", h("div", { class: "groups" }, data.about.map((group) => h("div", null,
    h("h3", null, group.title),
    h("dl", { class: "facts" }, group.rows.map(([name, value]) => h("div", null, h("dt", null, foreign(name)), h("dd", null, foreign(value)))))))));
  part.dataset.short = "About";
  return part;
}

export function scripts(data) {
  if (data.scripts.length === 0) return null;
  return section("scripts", data.scripts.length > 1 ? "Scripts" : "Script", data.scripts.map((script) =>
    h("details", null, h("summary", null, foreign(script.path)), h("pre", { tabindex: "0" }, foreign(script.text)))));
}
