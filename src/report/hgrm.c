/* hgrm -- see hgrm.h. The steps are those of HdrHistogram's PercentileIterator. */
// SPDX-License-Identifier: MIT
#include "report/hgrm.h"

#include "base/file.h"
#include "base/mem.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TICKS 5        /* for each halving of the distance to 100% */
#define NAME_BYTES 100 /* of a name in that of a file */
#define SUB_BUCKETS 2048

/* The share after this one, in percent. */
static double next_level(double level)
{
    double halvings = trunc(log(100 / (100 - level)) / log(2)) + 1;
    return level + 100 / (TICKS * pow(2, halvings));
}

/* The highest microsecond that counts in a slot, in ms. */
static double highest_ms(size_t slot)
{
    return 2 * histogram_slot_mid_ms(slot) - histogram_slot_low_ms(slot);
}

static void add_lines(struct buf *out, const struct histogram *h)
{
    double level = 0;
    uint64_t count, seen = 0;
    for (size_t slot = histogram_next(h, 0, &count); slot < HISTOGRAM_SLOTS;
         slot = histogram_next(h, slot + 1, &count)) {
        seen += count;
        double share = 100 * (double)seen / (double)h->count;
        for (; share >= level && level < 100; level = next_level(level)) {
            buf_addf(out, "%12.3f %2.12f %10" PRIu64 " %14.2f\n", highest_ms(slot), level / 100,
                     seen, 1 / (1 - level / 100));
            // All that there is: the last line is that of 100%.
            if (seen == h->count)
                break;
        }
        if (seen == h->count)
            buf_addf(out, "%12.3f %2.12f %10" PRIu64 "\n", highest_ms(slot), 1.0, seen);
    }
}

static double deviation(const struct histogram *h)
{
    double mean = histogram_average(h), sum = 0;
    uint64_t count;
    for (size_t slot = histogram_next(h, 0, &count); slot < HISTOGRAM_SLOTS;
         slot = histogram_next(h, slot + 1, &count)) {
        double from = histogram_slot_mid_ms(slot) - mean;
        sum += from * from * (double)count;
    }
    return h->count > 0 ? sqrt(sum / (double)h->count) : 0;
}

void hgrm_add(struct buf *out, const struct histogram *h)
{
    buf_addf(out, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount",
             "1/(1-Percentile)");
    add_lines(out, h);
    buf_addf(out, "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n", histogram_average(h),
             deviation(h));
    buf_addf(out, "#[Max     = %12.3f, Total count    = %12" PRIu64 "]\n",
             h->count > 0 ? h->max_ms : 0, h->count);
    buf_addf(out, "#[Buckets = %12d, SubBuckets     = %12d]\n", HISTOGRAM_BLOCKS - 1, SUB_BUCKETS);
}

/* "GET_items_id": letters, digits, dots and dashes, and one "_" for all else. */
static char *file_name(const struct entry *e)
{
    struct buf name = BUF_INIT;
    char *whole = xasprintf("%s_%s", e->method, e->name);
    for (const char *p = whole; *p != '\0' && name.n < NAME_BYTES; p++) {
        bool is_plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                        (*p >= '0' && *p <= '9') || *p == '-' || *p == '.';
        if (is_plain)
            buf_add_char(&name, *p);
        else if (name.n > 0 && name.p[name.n - 1] != '_')
            buf_add_char(&name, '_');
    }
    while (name.n > 0 && name.p[name.n - 1] == '_')
        buf_truncate(&name, name.n - 1);
    free(whole);
    if (name.n == 0)
        buf_add_cstr(&name, "unnamed");
    return buf_detach(&name);
}

static int write_one(const char *prefix, const char *name, size_t again, const struct histogram *h,
                     struct err *err)
{
    struct buf text = BUF_INIT;
    char *path = again > 0 ? xasprintf("%s_%s_%zu.hgrm", prefix, name, again + 1)
                           : xasprintf("%s_%s.hgrm", prefix, name);
    hgrm_add(&text, h);
    int rc = file_write(path, buf_slice(&text), err);
    buf_release(&text);
    free(path);
    return rc;
}

/* How many of the names before have this name of a file. */
static size_t count_same(char *const *names, size_t n)
{
    size_t same = strcmp(names[n], "total") == 0;
    for (size_t i = 0; i < n; i++)
        same += strcmp(names[i], names[n]) == 0;
    return same;
}

int hgrm_write(const char *prefix, const struct result *r, struct err *err)
{
    size_t n;
    struct entry **rows = stats_sorted(r->stats, &n);
    char **names = xcalloc(n + 1, sizeof *names);
    int rc = file_make_parents(prefix, err);
    if (rc == 0)
        rc = write_one(prefix, "total", 0, &r->stats->total->times, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        names[i] = file_name(rows[i]);
        if (rows[i]->times.count > 0)
            rc = write_one(prefix, names[i], count_same(names, i), &rows[i]->times, err);
    }
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    free((void *)names);
    free(rows);
    return rc;
}
