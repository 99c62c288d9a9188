/*
 * h1_limits -- how long a transfer may take: to connect, without a byte, in all.
 *
 * A session has one timer for all that it has under way. It is only ever moved to an earlier time: one
 * that fires too early looks again.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_H1_LIMITS_H
#define HTTP_H1_LIMITS_H

#include "http/h1_session.h"

/* Before its first transfer. */
void h1_limits_init(struct h1_session *s);
/* A transfer was started, or goes on: its limit is kept in mind. */
void h1_limits_move(struct h1_transfer *x);
/* The same of a quick request, which is started now with the usual limits. */
void h1_limits_move_quick(struct h1_session *s);

#endif
