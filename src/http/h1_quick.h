/*
 * h1_quick -- what http/quick is on a connection: written with others at the end of the turn, and its answer
 * known without being read.
 *
 * For h1_connection and h1_transport. A connection has an exchange, or a quick request, or neither.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_H1_QUICK_H
#define HTTP_H1_QUICK_H

#include "http/h1_connection.h"
#include "http/quick.h"

/* Sends it over an idle connection. False: it can't go this way, and nothing was done. */
bool h1_quick_send(struct h1_connection *c, const struct quick_spec *spec, struct http_quick *q);

/* Something has come: reads it. True: that was the answer, which was told to the line, or nothing. False:
 * it is none, and an exchange has taken its place, for which what was read is left (as stream_read). */
bool h1_quick_read(struct h1_connection *c, struct str *in, ptrdiff_t *got,
                   struct stream_error *why);

/* It is none: when this returns, an exchange has taken its place. */
void h1_quick_end(struct h1_connection *c);

/* Puts an exchange in its place; spec and sink are set. */
void h1_quick_take_over(struct h1_connection *c, struct h1_exchange *x);

#endif
