// table -- a table that can be sorted by each column and filtered by its text; its last rows stay last.
// SPDX-License-Identifier: MIT
import { h, visible } from "./dom.js";

const TALL = 25; // rows from which on the table scrolls by itself, and its head and foot stay

/**
 * columns: { title, hint, value(row) (what it is sorted by), cell(row) (text or node; without it the value),
 *            kind: "text" (left) or "number", extra: shown only on demand, mark(row): a class for the cell }
 * options: { rows, foot (rows that stay last), caption, filter(row) (the text that is searched), first: sorted by this
 *            column at the start }
 */
export function table(columns, options) {
  let order = { column: -1, down: false };
  let wanted = "";
  const body = h("tbody");
  const named = options.header || 0; // the column that says what a row is of; it stays in sight
  const classes = (column, i) => (column.kind === "text" ? "text" : "") + (column.extra ? " extra" : "") + (i === named ? " named" : "");
  const heads = columns.map((column, i) =>
    h("th", { scope: "col", class: classes(column, i), title: column.hint, "aria-sort": "none" },
      h("button", { type: "button", onclick: () => sortBy(i) }, column.title, h("span", { "aria-hidden": "true" }))));

  function cells(row, tag) {
    return columns.map((column, i) => {
      const shown = column.cell ? column.cell(row) : column.value(row);
      const first = i === named;
      const mark = column.mark ? column.mark(row) : "";
      return h(first ? "th" : tag, { scope: first ? "row" : null, class: (classes(column, i) + " " + (mark || "")).trim() || null },
        typeof shown === "string" ? visible(shown) : shown);
    });
  }

  function draw() {
    const rows = options.rows.filter((row) => !wanted || options.filter(row).toLowerCase().includes(wanted));
    if (order.column >= 0) {
      const value = columns[order.column].value;
      const sign = order.down ? -1 : 1;
      rows.sort((a, b) => sign * compare(value(a), value(b)));
    }
    body.replaceChildren(...rows.map((row) => h("tr", null, cells(row, "td"))));
    if (rows.length === 0) body.append(h("tr", null, h("td", { colspan: columns.length, class: "none" }, "nothing fits")));
  }

  function sortBy(i) {
    const numeric = columns[i].kind !== "text";
    order = { column: i, down: order.column === i ? !order.down : numeric };
    heads.forEach((head, k) =>
      head.setAttribute("aria-sort", k !== i ? "none" : order.down ? "descending" : "ascending"));
    draw();
  }

  draw();
  const foot = options.foot && options.foot.length ? h("tfoot", null, options.foot.map((row) => h("tr", null, cells(row, "td")))) : null;
  const whole = h("table", null, options.caption ? h("caption", null, options.caption) : null,
    h("thead", null, h("tr", null, heads)), body, foot);
  const tall = options.rows.length > TALL;
  const scroller = h("div", { class: tall ? "scroll tall" : "scroll", tabindex: "0", role: "region", "aria-label": options.caption }, whole);
  return h("div", { class: "table" }, tools(), scroller);

  function tools() {
    const parts = [];
    if (options.filter && options.rows.length > 8) {
      parts.push(h("input", {
        type: "search", placeholder: "Filter by name", "aria-label": "Filter by name",
        oninput: (event) => { wanted = event.target.value.toLowerCase(); draw(); },
      }));
    }
    if (columns.some((column) => column.extra)) {
      parts.push(h("label", null, h("input", {
        type: "checkbox", onchange: (event) => whole.classList.toggle("all", event.target.checked),
      }), " all columns"));
    }
    return parts.length ? h("div", { class: "tools" }, parts) : null;
  }
}

function compare(a, b) {
  if (typeof a === "string" || typeof b === "string") return String(a).localeCompare(String(b));
  return (a ?? -Infinity) - (b ?? -Infinity);
}
