/* pairs -- many numbers as short text. */
// SPDX-License-Identifier: MIT
#include "stats/pairs.h"

#include <inttypes.h>
#include <stdbool.h>

/* Twice as fast as printf's, and there are a hundred thousand of them at the end of a run. */
static void add_number(struct buf *out, uint64_t value)
{
    char digits[20];
    size_t n = 0;
    do {
        digits[sizeof digits - ++n] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    buf_add(out, digits + sizeof digits - n, n);
}

void pairs_add(struct buf *out, size_t from, uint64_t a, uint64_t b)
{
    if (out->n > from)
        buf_add_char(out, ' ');
    add_number(out, a);
    if (b != 1) {
        buf_add_char(out, 'x');
        add_number(out, b);
    }
}

/* Digits alone, without a zero before others. */
static bool take_number(struct str *rest, uint64_t *value)
{
    size_t n = 0;
    *value = 0;
    while (n < rest->n && rest->p[n] >= '0' && rest->p[n] <= '9') {
        if (n > 0 && *value == 0)
            return false;
        *value = *value * 10 + (uint64_t)(rest->p[n] - '0');
        if (*value > PAIRS_LARGEST)
            return false;
        n++;
    }
    *rest = str_make(rest->p + n, rest->n - n);
    return n > 0;
}

static void skip_one(struct str *rest)
{
    *rest = str_make(rest->p + 1, rest->n - 1);
}

int pairs_take(struct str *rest, uint64_t *a, uint64_t *b)
{
    if (rest->n == 0)
        return 0;
    *b = 1;
    if (!take_number(rest, a))
        return -1;
    if (rest->n > 0 && rest->p[0] == 'x') {
        skip_one(rest);
        if (!take_number(rest, b) || *b < 2)
            return -1;
    }
    if (rest->n == 0)
        return 1;
    if (rest->p[0] != ' ' || rest->n == 1)
        return -1;
    skip_one(rest);
    return 1;
}

void pairs_add_histogram(struct buf *out, const struct histogram *h)
{
    size_t from = out->n, before = 0;
    uint64_t count;
    for (size_t slot = histogram_next(h, 0, &count); slot < HISTOGRAM_SLOTS;
         slot = histogram_next(h, slot + 1, &count)) {
        pairs_add(out, from, slot - before, count);
        before = slot;
    }
}

static int bad_pair(struct str text, struct str rest, struct err *err)
{
    return err_set(err, "expected numbers as \"3 1x4\", got something else at character %zu",
                   text.n - rest.n + 1);
}

/* Adds to h, where there is one. */
static int read_histogram(struct histogram *h, struct str text, struct err *err)
{
    const size_t highest = histogram_slot((double)HISTOGRAM_MAX_US / 1000);
    struct str rest = text;
    uint64_t gap, count, slot = 0, sum = h != NULL ? h->count : 0;
    bool is_first = true;
    int rc;
    while ((rc = pairs_take(&rest, &gap, &count)) == 1) {
        slot += gap;
        if (slot > highest || (gap == 0 && !is_first))
            return err_set(err, "slots must ascend, up to %zu: got %" PRIu64, highest, slot);
        if (count > PAIRS_LARGEST - sum)
            return err_set(err, "the counts are too large");
        sum += count;
        if (h != NULL)
            histogram_add_many(h, histogram_slot_mid_ms((size_t)slot), count);
        is_first = false;
    }
    return rc < 0 ? bad_pair(text, rest, err) : 0;
}

int pairs_read_histogram(struct histogram *h, struct str text, struct err *err)
{
    return read_histogram(h, text, err);
}

int pairs_check_histogram(struct str text, struct err *err)
{
    return read_histogram(NULL, text, err);
}

void pairs_add_spread(struct buf *out, const struct spread *s, int *lowest)
{
    size_t from = out->n;
    uint64_t count;
    int slot = spread_next(s, -SPREAD_SLOTS, &count), before = *lowest = count > 0 ? slot : 0;
    for (; slot <= SPREAD_SLOTS; slot = spread_next(s, slot + 1, &count)) {
        pairs_add(out, from, (uint64_t)(slot - before), count);
        before = slot;
    }
}

int pairs_read_spread(struct spread *s, int64_t lowest, struct str text, struct err *err)
{
    struct str rest = text;
    uint64_t gap, count;
    int64_t slot = lowest;
    bool is_first = true;
    int rc;
    if (lowest < -SPREAD_SLOTS || lowest > SPREAD_SLOTS)
        return err_set(err, "expected a lowest slot from %d to %d, got %" PRId64, -SPREAD_SLOTS,
                       SPREAD_SLOTS, lowest);
    while ((rc = pairs_take(&rest, &gap, &count)) == 1) {
        if (is_first ? gap > 0 : gap == 0 || gap > (uint64_t)(SPREAD_SLOTS - slot))
            return err_set(err, "slots must ascend from the lowest on, up to %d", SPREAD_SLOTS);
        if (count > PAIRS_LARGEST - s->count)
            return err_set(err, "the counts are too large");
        slot += (int64_t)gap;
        spread_add_slot(s, (int)slot, count);
        is_first = false;
    }
    return rc < 0 ? bad_pair(text, rest, err) : 0;
}

void pairs_add_window(struct buf *out, const struct window *w)
{
    size_t from = out->n;
    for (size_t i = 0; i < w->n;) {
        size_t same = 1;
        while (i + same < w->n && w->counts[i + same] == w->counts[i])
            same++;
        pairs_add(out, from, w->counts[i], same);
        i += same;
    }
}

int pairs_read_window(struct window *w, int64_t first_s, struct str text, size_t limit,
                      struct err *err)
{
    struct str rest = text;
    uint64_t count, same;
    size_t n = 0;
    int rc;
    while ((rc = pairs_take(&rest, &count, &same)) == 1) {
        if (count > UINT32_MAX)
            return err_set(err, "a second has at most %" PRIu32 ", got %" PRIu64, UINT32_MAX,
                           count);
        if (same > limit - n)
            return err_set(err, "expected at most %zu seconds", limit);
        // Also the seconds without any: the window begins and ends as it did.
        for (; same > 0; same--)
            window_add(w, first_s + (int64_t)n++, (uint32_t)count);
    }
    return rc < 0 ? bad_pair(text, rest, err) : 0;
}
