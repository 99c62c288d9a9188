/* bases -- the base URLs of clients, each parsed once. */
// SPDX-License-Identifier: MIT
#ifndef SCRIPT_BASES_H
#define SCRIPT_BASES_H

#include "base/str.h"
#include "http/exchange.h"

struct bases;

struct bases *bases_new(void);
/* No request may be under way that goes to one of them. NULL is fine. */
void bases_free(struct bases *b);
/* The base for a URL, kept until bases_free; NULL: it can't be one (exchange_base_init), or there are so
 * many already that a script must be making them up. */
const struct exchange_base *bases_get(struct bases *b, struct str url);

#endif
