/*
 * escape -- foreign text in reports that others take apart: XML, Markdown, GitHub's workflow commands.
 *
 * What scripts and servers sent is made visible first (text_add_visible), so that no control character
 * and no byte that isn't UTF-8 is left in it; then it is written so that it is nothing but text there.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_ESCAPE_H
#define REPORT_ESCAPE_H

#include "base/buf.h"
#include "base/str.h"

#include <stddef.h>

/* Character data of XML 1.0 or HTML: of an element with its lines, or within quotes in one line. */
void escape_add_xml(struct buf *out, struct str text);
void escape_add_xml_attribute(struct buf *out, struct str text);

/* One line of GitHub's and GitLab's Markdown, also in the cell of a table: as it reads, without markup,
 * links, and mentions of people. More than `limit` bytes of it are cut, with "...". */
void escape_add_markdown(struct buf *out, struct str text, size_t limit);

/* What stands behind the second "::" of a workflow command, with its lines; and the value of one of its
 * properties. */
void escape_add_command(struct buf *out, struct str text);
void escape_add_command_property(struct buf *out, struct str text);

#endif
