// charts -- lines over the time of a run, with one cursor and one zoom for all; and the distribution of times.
// SPDX-License-Identifier: MIT
import uPlot from "uplot";
import { h } from "./dom.js";
import { elapsed, time } from "./format.js";

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400];
const drawn = new Set(); // every chart of the page, to be redrawn when colours or widths change

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();

let paper = 0; // how wide charts are while they are printed; 0: as wide as there is room

/** Draws all charts again: the colours have changed, or the width. */
export function redraw(width = 0) {
  paper = width;
  for (const chart of drawn) chart.draw();
}

let timer = 0;
addEventListener("resize", () => {
  clearTimeout(timer);
  timer = setTimeout(() => redraw(paper), 100);
});

function axis(extra) {
  return Object.assign({
    stroke: () => colour("quiet"), font: "12px system-ui, sans-serif",
    grid: { stroke: () => colour("grid"), width: 1 }, ticks: { show: false }, gap: 6,
  }, extra);
}

/** A figure at the cursor: nothing while there is no cursor, a dash where there is no value. */
function legend(value, at, show) {
  if (at === null || at === undefined) return "";
  return value === null || value === undefined ? "–" : show(value);
}

/** The figures of an axis, without decimals that say nothing. */
function marks(splits, show) {
  const shown = splits.map(show);
  return shown.every((text) => /\.0+$/.test(text)) ? shown.map((text) => text.replace(/\.0+$/, "")) : shown;
}

function line(series) {
  return {
    label: series.label, stroke: () => colour(series.colour), width: 1.5, scale: "y", spanGaps: series.bridges || false,
    fill: series.fill ? () => colour(series.fill) : undefined,
    points: { show: false }, value: (_, v, __, at) => legend(v, at, series.show),
  };
}

/** What a chart is made in: it holds a plot, and makes it anew when it is drawn again. */
class Chart {
  constructor(title, label, options) {
    this.options = options;
    this.plot = null;
    this.zoom = null; // to be shown when it is first drawn; null: all
    this.place = h("div", { class: "plot" });
    this.legend = h("div", { class: "legend" });
    this.node = h("figure", { class: "chart", tabindex: "0", "aria-label": label },
      h("figcaption", null, h("span", { class: "title" }, title), this.legend), this.place);
    this.node.addEventListener("keydown", (event) => this.key(event));
    drawn.add(this);
  }

  draw() {
    const width = paper || this.place.clientWidth;
    if (width === 0) return;
    const zoom = this.zoom || this.span();
    this.zoom = null;
    if (this.plot) this.plot.destroy();
    const made = this.options();
    const height = made.height || 200;
    this.legend.replaceChildren();
    this.plot = new uPlot({
      width, height: width < 500 ? Math.round(height * 0.85) : height, padding: [8, 12, 0, 0],
      legend: { mount: (_, table) => this.legend.append(table) }, ...made.opts,
    }, made.data, this.place);
    if (zoom && made.keepsZoom) this.plot.setScale("x", zoom);
  }

  /** What it shows of its x axis; null: it hasn't been drawn. */
  span() {
    return this.plot ? { min: this.plot.scales.x.min, max: this.plot.scales.x.max } : null;
  }

  end() {
    drawn.delete(this);
    if (this.plot) this.plot.destroy();
    this.plot = null;
  }

  /** Arrows move the cursor, + and - zoom, Escape shows all again. */
  key(event) {
    if (!this.plot) return;
    const { plot } = this;
    const last = plot.data[0].length - 1;
    const at = plot.cursor.idx ?? 0;
    const moves = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last };
    if (event.key in moves) {
      const to = Math.max(0, Math.min(last, moves[event.key]));
      plot.setCursor({ left: plot.valToPos(plot.data[0][to], "x"), top: plot.over.clientHeight / 2 });
    } else if (event.key === "+" || event.key === "-") {
      const { min, max } = plot.scales.x;
      const middle = plot.data[0][at] ?? (min + max) / 2;
      const factor = event.key === "+" ? 0.5 : 2;
      plot.setScale("x", {
        min: Math.max(plot.data[0][0], middle - (middle - min) * factor),
        max: Math.min(plot.data[0][last], middle + (max - middle) * factor),
      });
    } else if (event.key === "Escape") {
      plot.setScale("x", { min: plot.data[0][0], max: plot.data[0][last] });
    } else {
      return;
    }
    event.preventDefault();
  }
}

/** Charts over time that go together: one cursor, one zoom. `start` is the wall time at which the run began. */
export class Timeline {
  constructor(start) {
    this.start = start;
    this.at = [];
    this.charts = [];
    this.range = h("span", { "aria-live": "polite" });
    this.reset = h("button", { type: "button", class: "reset", hidden: true, onclick: () => this.zoom(this.whole()) }, "Show all of the time");
  }

  whole() {
    return { min: this.at[0], max: this.at[this.at.length - 1] };
  }

  zoom(range) {
    for (const chart of this.charts) if (chart.plot) chart.plot.setScale("x", range);
  }

  /** Half as much of the time (0.5), or twice as much (2), around the middle of what is shown. */
  zoomBy(factor) {
    const shown = this.charts.length && this.charts[0].span();
    if (!shown) return;
    const { min, max } = this.whole();
    const middle = (shown.min + shown.max) / 2;
    const half = (shown.max - shown.min) / 2 * factor;
    this.zoom({ min: Math.max(min, middle - half), max: Math.min(max, middle + half) });
  }

  draw() {
    for (const chart of this.charts) chart.draw();
  }

  /**
   * Their nodes, in the place of those before, which they keep the zoom of. `at` holds the seconds of the run; a chart is
   * a title, a unit, and series: { label, values, colour, show(value), fill, bridges }, where `bridges` draws a line over
   * moments without a value.
   */
  charts_of(at, charts) {
    const zoom = this.charts.length && !this.reset.hidden ? this.charts[0].span() : null;
    for (const chart of this.charts) chart.end();
    this.at = at;
    this.charts = charts.map(([title, unit, series]) => {
      const label = title + ". " + series.map((s) => s.label + " " + summary(s)).join("; ") +
        ". Arrow keys move the cursor, plus and minus zoom, Escape shows all.";
      const chart = new Chart([title, h("span", { class: "unit" }, unit)], label, () => this.options(series));
      chart.zoom = zoom;
      return chart;
    });
    return this.charts.map((chart) => chart.node);
  }

  options(series) {
    const opts = {
      cursor: { sync: { key: "time", setSeries: false }, drag: { x: true, y: false, uni: 10 }, y: false,
        points: { size: 6 } },
      scales: { x: { time: false }, y: { range: (_, min, max) => [0, max > 0 ? max * 1.08 : 1] } },
      axes: [
        axis({ size: 28, incrs: STEPS, values: (_, splits) => splits.map(elapsed), space: 60 }),
        axis({ size: 56, values: (_, splits) => marks(splits, series[0].show) }),
      ],
      series: [{ label: "", value: (_, v, __, at) => legend(v, at, (t) => elapsed(t) + (this.start ? " (" + clock(this.start + t) + ")" : "")) },
        ...series.map(line)],
      hooks: { setScale: [(plot, scale) => this.follow(plot, scale)] },
    };
    return { opts, keepsZoom: true, height: series.length > 1 ? 200 : 140, data: [this.at, ...series.map((s) => s.values)] };
  }

  /** One chart shows another part of the time: so do all. */
  follow(from, scale) {
    if (scale !== "x") return;
    const { min, max } = from.scales.x;
    const whole = this.whole();
    for (const { plot, node } of this.charts) {
      if (plot === from) Object.assign(node.dataset, { from: min, to: max });
      else if (plot && (plot.scales.x.min !== min || plot.scales.x.max !== max)) plot.setScale("x", { min, max });
    }
    this.reset.hidden = min <= whole.min && max >= whole.max;
    this.range.textContent = this.reset.hidden ? "" : elapsed(min) + " to " + elapsed(max);
  }
}

function clock(wall) {
  return new Date(wall * 1000).toLocaleTimeString();
}

function summary(series) {
  const values = series.values.filter((v) => v !== null && v !== undefined);
  if (values.length === 0) return "has no values";
  let low = values[0], high = values[0];
  for (const v of values) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return "from " + series.show(low) + " to " + series.show(high);
}

const MARKS = [[1, "0%"], [2, "50%"], [4, "75%"], [10, "90%"], [20, "95%"], [100, "99%"], [1000, "99.9%"],
  [10000, "99.99%"], [100000, "99.999%"], [1e6, "99.9999%"], [1e7, "99.99999%"]];

/**
 * Response times by the share of requests that were answered within them. The share's axis is stretched to its end, so
 * that the slowest hundredth has as much room as the ninety before it. lines(): { label, points [[share, ms]], count,
 * colour } of what is to be shown now.
 */
export function distribution(title, lines, isLog) {
  const chart = new Chart(title, "Distribution of response times: the percentiles of the table above, as curves", () => {
    const shown = lines();
    const xs = new Set();
    const maps = shown.map((l) => {
      const map = new Map();
      for (const [share, ms] of l.points) map.set(share < 1 ? 1 / (1 - share) : Math.max(l.count, 2), ms);
      for (const x of map.keys()) xs.add(x);
      return map;
    });
    const all = [...xs].sort((a, b) => a - b);
    if (all.length === 0) all.push(1);
    const last = all[all.length - 1];
    const low = Math.min(...shown.flatMap((l) => l.points.map(([, ms]) => ms)).filter((ms) => ms > 0));
    return {
      height: 340,
      data: [all, ...maps.map((map) => all.map((x) => (map.has(x) ? map.get(x) : undefined)))],
      opts: {
        cursor: { drag: { x: true, y: false }, y: false },
        scales: { x: { time: false, distr: 3, range: (_, min, max) => [Math.max(1, min || 1), Math.max(max || 2, 2)] },
          y: isLog() ? { distr: 3, range: (_, min, max) => decades(low, max) } : { range: (_, min, max) => [0, max > 0 ? max * 1.05 : 1] } },
        axes: [
          axis({ size: 28, splits: (plot) => ticks(plot, last), values: (_, splits) => splits.map((v) => (MARKS.find(([x]) => x === v) || [0, ""])[1]), filter: (_, splits) => splits }),
          axis({ size: 62, ...(isLog() ? { splits: (plot) => powers(plot.scales.y) } : {}), values: (_, splits) => splits.map((v) => (v === null ? "" : time(v))) }),
        ],
        series: [{ label: "", value: (_, v, __, at) => legend(v, at, share) },
          ...shown.map((l) => line({ label: l.label, colour: l.colour, show: (v) => time(v) + " ms", bridges: true }))],
      },
    };
  });
  return chart;
}

/** Whole decades around the values. */
function decades(low, high) {
  if (!(low > 0 && high > 0 && isFinite(low))) return [1, 10];
  return [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(high * 1.02))];
}

function powers({ min, max }) {
  const all = [];
  for (let power = Math.ceil(Math.log10(min) - 1e-9); 10 ** power <= max * 1.001; power++) all.push(10 ** power);
  return all;
}

function ticks(plot, last) {
  const { min, max } = plot.scales.x;
  const space = plot.over ? plot.over.clientWidth : 600;
  const wide = space / Math.max(1, Math.log10(max / min)) > 130;
  return MARKS.map(([x]) => x).filter((x) => x >= min && x <= Math.max(max, last) && (wide || ![1, 4, 20].includes(x)));
}

function share(x) {
  return (100 * (1 - 1 / x)).toFixed(x < 100 ? 1 : x < 10000 ? 2 : 4) + "%";
}
