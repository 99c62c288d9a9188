/*
 * overrides -- addresses of hosts that are given beforehand, whatever name servers say, as curl's
 * --resolve has them.
 */
// SPDX-License-Identifier: MIT
#ifndef NET_OVERRIDES_H
#define NET_OVERRIDES_H

#include "base/err.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

#define OVERRIDE_ADDRESSES_MAX 16

struct overrides;

struct overrides *overrides_new(void);
void overrides_free(struct overrides *o); /* NULL is fine */

/* "HOST:PORT:ADDRESS[,ADDRESS...]", IPv6 addresses in brackets or without. HOST is a name, an IPv4
 * address, or "*" for all that have no rule of their own. A later rule replaces an earlier one of the
 * same host and port. -1: what is wrong with it. */
int overrides_add(struct overrides *o, struct str rule, struct err *err) ERR_CHECKED;

/* The addresses as text, borrowed; NULL: there is no rule. o NULL: none at all. The host is ASCII, in
 * any case, with or without the dot at its end. */
const char *const *overrides_find(const struct overrides *o, struct str host, uint16_t port,
                                  size_t *n);

#endif
