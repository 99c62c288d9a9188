// dom -- elements, made of text alone: nothing here, or anywhere on the page, reads HTML.
// SPDX-License-Identifier: MIT

const SVG = "http://www.w3.org/2000/svg";

/**
 * Makes an element. Of the attributes `class`, `on…` (listeners) and booleans are what one expects; children are nodes,
 * text, lists of these, or null.
 */
export function h(tag, attributes, ...children) {
  const node = tag === "svg" || tag === "path" ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  add(node, children);
  return node;
}

export function add(node, children) {
  for (const child of children) {
    if (Array.isArray(child)) add(node, child);
    else if (child !== null && child !== undefined && child !== false) node.append(child);
  }
}

// Controls, and what turns the direction of the text around it.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Foreign text with its unseen characters shown, as the terminal's tables show them. */
export function visible(text) {
  return text.replace(UNSEEN, (c) => {
    const code = c.codePointAt(0);
    if (c === "\r") return "\\r";
    const hex = code.toString(16);
    return code < 0x80 ? "\\x" + hex.padStart(2, "0") : "\\u{" + hex + "}";
  });
}

/** Foreign text in an element of its own, so that its direction stays inside. */
export function foreign(text, attributes) {
  return h("bdi", attributes, visible(text));
}

/** A request's name, which is best broken behind a slash. */
export function named(text) {
  return h("bdi", null, visible(text).split("/").flatMap((part, i) => (i > 0 ? ["/", h("wbr"), part] : [part])));
}

/** A part of the page: `id` for links, a title, what it is about. */
export function section(id, title, ...children) {
  return h("section", { id, "aria-labelledby": id + "-title" }, h("h2", { id: id + "-title" }, title), children);
}
