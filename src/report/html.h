/*
 * html -- a run as one page that needs no network: data, style and script stand in it.
 *
 * The page draws itself from the data (page_data), which it never reads as HTML; a policy in it lets
 * no other script run, and nothing be fetched.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "base/buf.h"
#include "report/result.h"

void html_add(struct buf *out, const struct result *r);

#endif
