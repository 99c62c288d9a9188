/*
 * pairs -- many numbers as short text: "512 3x4 1 2x17".
 *
 * Pairs a, b between blanks: "a" where b is 1, else "axb". So a result file holds what is sparse (the
 * slots of a histogram: how far from the slot before, how many) and what repeats (the seconds of a
 * window: how many, in how many seconds one after the other).
 */
// SPDX-License-Identifier: MIT
#ifndef STATS_PAIRS_H
#define STATS_PAIRS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "stats/histogram.h"
#include "stats/spread.h"
#include "stats/window.h"

#include <stdint.h>

#define PAIRS_LARGEST ((uint64_t)1 << 53) /* what every reader of JSON keeps exactly */

/* One more pair: a blank before it where `from` (out->n at the begin of the text) is not its place. */
void pairs_add(struct buf *out, size_t from, uint64_t a, uint64_t b);
/* Cuts the first pair off *rest: 1; 0: there is none; -1: what stands there is no pair, as pairs_add
 * writes it. b > 0, and neither is above PAIRS_LARGEST. */
int pairs_take(struct str *rest, uint64_t *a, uint64_t *b);

/* The slots that are not empty, each as its distance from the slot before it (the first: from 0), and
 * its count. */
void pairs_add_histogram(struct buf *out, const struct histogram *h);
/* Adds the counts of such a text. Sum and extremes are those of the slots' middles: who knows them
 * sets them. On an error part of it has been added. */
int pairs_read_histogram(struct histogram *h, struct str text, struct err *err) ERR_CHECKED;

/* Whether it is such a text. */
int pairs_check_histogram(struct str text, struct err *err) ERR_CHECKED;

/* The same of a spread, whose slots may be below 0: the first as its distance from *lowest. */
void pairs_add_spread(struct buf *out, const struct spread *s, int *lowest);
int pairs_read_spread(struct spread *s, int64_t lowest, struct str text,
                      struct err *err) ERR_CHECKED;

/* The counts of its seconds, from w->first_s on. */
void pairs_add_window(struct buf *out, const struct window *w);
/* The window is empty. At most `limit` seconds. */
int pairs_read_window(struct window *w, int64_t first_s, struct str text, size_t limit,
                      struct err *err) ERR_CHECKED;

#endif
