/* page_facts -- the words around the page's figures: verdict, what ran, where, with what. */
// SPDX-License-Identifier: MIT
#ifndef REPORT_PAGE_FACTS_H
#define REPORT_PAGE_FACTS_H

#include "report/result.h"

#include <jansson.h>

/* Sets title, verdict, run, doubt (why not to trust the figures), notes (what is in none of them) and
 * about (groups of names and values) of the page's data. */
void page_facts_add(json_t *data, const struct result *r);

#endif
