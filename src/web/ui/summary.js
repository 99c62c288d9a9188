// summary -- the verdict, and the few figures that one looks for first.
// SPDX-License-Identifier: MIT
import { foreign, h, section } from "./dom.js";
import { count, duration, moment, percent, rate, time } from "./format.js";

export function head(data) {
  const { run, verdict } = data;
  return h("header", { class: verdict.outcome },
    h("div", null,
      h("p", { class: "product" }, "Katydid", h("span", null, " load test")),
      h("h1", null, foreign(data.title), run.profile ? h("span", { class: "profile" }, foreign(run.profile)) : null),
      h("p", { class: "when" }, [run.start ? moment(run.start) : null, duration(run.seconds), run.host || null]
        .filter(Boolean).map((part, i) => [i ? " · " : "", typeof part === "string" ? foreign(part) : part])),
      h("p", { class: "verdict", role: "status" }, h("strong", null, verdict.title), foreign(verdict.reason, { class: "reason" })),
      h("p", { class: "when" }, verdict.end ? ["Ended by ", foreign(verdict.end), " · "] : null, "exit code " + verdict.code)));
}

function figure(name, value, unit, mark) {
  return h("div", { class: mark || null }, h("dt", null, name), h("dd", null, value, unit ? h("small", null, " " + unit) : null));
}

export function summary(data) {
  const { total, run } = data;
  const timed = total.percentiles.length > 0;
  const p = (label) => total.percentiles[data.percentiles.indexOf(label)];
  const part = section("summary", "Summary",
    h("dl", { class: "figures" },
      figure("Requests", count(total.requests)),
      figure("Requests/s", rate(total.rate)),
      figure("Failures", count(total.failures), percent(total.failed), total.failures ? "bad" : null),
      figure("Most users", count(run.users)),
      timed ? [figure("Median", time(p("50%")), "ms"), figure("95%", time(p("95%")), "ms"),
        figure("99%", time(p("99%")), "ms"), figure("Slowest", time(total.max), "ms")] : null),
    data.doubt ? h("p", { class: "doubt" }, data.doubt) : null,
    data.notes.length ? h("ul", { class: "notes" }, data.notes.map((note) => h("li", null, foreign(note)))) : null);
  return part;
}
