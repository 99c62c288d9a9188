/*
 * sources -- the addresses that connections come from, where the system is not to choose.
 *
 * Each user has one of each family, in rotation: the first user the first IPv4 address and the first
 * IPv6 one, the second user the second of each. No sources at all (NULL) leave it to the system.
 */
// SPDX-License-Identifier: MIT
#ifndef NET_SOURCES_H
#define NET_SOURCES_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct sources;

struct sources *sources_new(void);
void sources_free(struct sources *s); /* NULL is fine */

/* One more, tried at once. -1: it is no address, or none of this machine; the text names it. */
int sources_add(struct sources *s, struct str address, struct err *err) ERR_CHECKED;

/* How many different users there are, at least 1: user number n + count has what user n has. */
size_t sources_count(const struct sources *s);

/* NULL, or why a server of this family (AF_...) can't be reached: there is no source of it. */
const char *sources_why_not(const struct sources *s, int family);

/* Gives a new socket of this family, which has a source or needs none, the user's. -1: errno. */
int sources_bind(const struct sources *s, size_t user, int fd, int family);

#endif
