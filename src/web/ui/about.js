// about -- what ran, where, and with what.
// SPDX-License-Identifier: MIT
import { foreign, h, section } from "./dom.js";

export function about(data) {
  if (data.about.length === 0) return null;
  return section("about", "About this run", h("div", { class: "groups" }, data.about.map((group) => h("div", null,
    h("h3", null, group.title),
    h("dl", { class: "facts" }, group.rows.map(([name, value]) => h("div", null, h("dt", null, foreign(name)), h("dd", null, foreign(value)))))))));
}
