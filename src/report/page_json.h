/* page_json -- values of the page's data: foreign text, and figures as reports show them. */
// SPDX-License-Identifier: MIT
#ifndef REPORT_PAGE_JSON_H
#define REPORT_PAGE_JSON_H

#include "base/buf.h"

#include <jansson.h>

/* All make a value that the caller owns. */
json_t *page_text(const char *foreign);       /* what is not UTF-8 in it is shown */
json_t *page_taken(struct buf *text);         /* the same of a buffer, which is empty afterwards */
json_t *page_number(double value);            /* whole ones as integers, so that they are short */
json_t *page_time(double ms);                 /* the number that view_add_time shows */
json_t *page_fixed(double value, int places); /* with so many decimals, as printf rounds */

#endif
