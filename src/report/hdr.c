/* hdr -- see hdr.h. The format: HdrHistogram's AbstractHistogram.encodeIntoByteBuffer and
 * HistogramLogWriter. */
// SPDX-License-Identifier: MIT
#include "report/hdr.h"

#include "base/codec.h"
#include "base/mem.h"
#include "base/text.h"
#include "stats/slots.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define V2_COOKIE 0x1c849313u
#define V2_COMPRESSED_COOKIE 0x1c849314u
#define DIGITS 3

/* Big-endian. */
static void add_number(struct buf *out, uint64_t value, int bytes)
{
    while (bytes-- > 0)
        buf_add_char(out, (char)(value >> (8 * bytes)));
}

/* ZigZag LEB128: seven bits a byte, the lowest first; of nine bytes the last has eight. */
static void add_zigzag(struct buf *out, int64_t value)
{
    uint64_t rest = (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);
    for (int i = 0; i < 8 && rest >= 0x80; i++, rest >>= 7)
        buf_add_char(out, (char)((rest & 0x7f) | 0x80));
    buf_add_char(out, (char)rest);
}

/* Counts up to the highest that isn't 0; of several zeros how many, as a negative number. */
static void add_counts(struct buf *out, const struct histogram *h)
{
    size_t next = 0;
    uint64_t count;
    for (size_t slot = histogram_next(h, 0, &count); slot < HISTOGRAM_SLOTS;
         slot = histogram_next(h, slot + 1, &count)) {
        if (slot - next == 1)
            add_zigzag(out, 0);
        else if (slot > next)
            add_zigzag(out, -(int64_t)(slot - next));
        add_zigzag(out, (int64_t)count);
        next = slot + 1;
    }
}

static void add_v2(struct buf *out, const struct histogram *h)
{
    struct buf counts = BUF_INIT;
    double ratio = 1;
    uint64_t ratio_bits;
    memcpy(&ratio_bits, &ratio, sizeof ratio_bits);
    add_counts(&counts, h);
    add_number(out, V2_COOKIE, 4);
    add_number(out, counts.n, 4);
    add_number(out, 0, 4); // the offset of normalized indexes
    add_number(out, DIGITS, 4);
    add_number(out, 1, 8); // the lowest value that differs from 0
    add_number(out, HISTOGRAM_MAX_US, 8);
    add_number(out, ratio_bits, 8);
    buf_add_str(out, buf_slice(&counts));
    buf_release(&counts);
}

void hdr_add_histogram(struct buf *out, const struct histogram *h)
{
    struct buf plain = BUF_INIT, packed = BUF_INIT;
    add_v2(&plain, h);
    uLongf n = compressBound(plain.n);
    unsigned char *bytes = xmalloc(n);
    if (compress2(bytes, &n, (const unsigned char *)plain.p, plain.n, Z_DEFAULT_COMPRESSION) !=
        Z_OK)
        BUG("zlib has no room");
    add_number(&packed, V2_COMPRESSED_COOKIE, 4);
    add_number(&packed, n, 4);
    buf_add(&packed, bytes, n);
    base64_encode(out, buf_slice(&packed));
    free(bytes);
    buf_release(&packed);
    buf_release(&plain);
}

/* What may stand in a tag: neither comma nor white space. */
static void add_tag(struct buf *out, const struct entry *e)
{
    size_t from = out->n;
    buf_add_cstr(out, "Tag=");
    text_add_visible(out, str_of(e->method), false);
    buf_add_char(out, '_');
    text_add_visible(out, str_of(e->name), false);
    for (size_t i = from; i < out->n; i++)
        if (strchr(" ,\t\n\r", out->p[i]) != NULL)
            out->p[i] = '_';
    buf_add_char(out, ',');
}

/* e: NULL for the total. An interval without times has no line. */
static void add_interval(struct buf *out, const struct entry *e, const struct histogram *h,
                         double from_s, double to_s)
{
    if (h->count == 0)
        return;
    if (e != NULL)
        add_tag(out, e);
    buf_addf(out, "%.3f,%.3f,%.3f,", from_s, to_s - from_s, h->max_ms);
    hdr_add_histogram(out, h);
    buf_add_char(out, '\n');
}

static void add_slot(struct buf *out, const struct slots *slots, const struct slot *slot)
{
    struct histogram total = {0};
    for (size_t i = 0; i < slot->n; i++)
        if (!slots->entries[slot->rows[i].entry]->is_transaction)
            slots_row_times(slots, &slot->rows[i], &total);
    add_interval(out, NULL, &total, slot->from_s, slot->to_s);
    histogram_release(&total);
    for (size_t i = 0; i < slot->n; i++) {
        struct histogram times = {0};
        slots_row_times(slots, &slot->rows[i], &times);
        add_interval(out, slots->entries[slot->rows[i].entry], &times, slot->from_s, slot->to_s);
        histogram_release(&times);
    }
}

static void add_whole(struct buf *out, const struct result *r)
{
    double seconds = r->ended_s - r->started_s;
    size_t n;
    struct entry **rows = stats_sorted(r->stats, &n);
    add_interval(out, NULL, &r->stats->total->times, 0, seconds);
    for (size_t i = 0; i < n; i++)
        add_interval(out, rows[i], &rows[i]->times, 0, seconds);
    free(rows);
}

void hdr_add_log(struct buf *out, const struct result *r)
{
    const struct slots *slots = r->stats->slots;
    double start_s = slots != NULL ? slots->start_s : r->started_s;
    buf_addf(out, "#[katydid %s; values are microseconds, Interval_Max is milliseconds]\n",
             r->version);
    buf_add_cstr(out, "#[Histogram log format version 1.3]\n");
    buf_addf(out, "#[StartTime: %.3f (seconds since epoch), ", start_s);
    text_add_utc(out, start_s);
    buf_add_cstr(out, "]\n\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
                      "\"Interval_Compressed_Histogram\"\n");
    if (slots == NULL)
        add_whole(out, r);
    for (size_t i = 0; slots != NULL && i < slots->n; i++)
        add_slot(out, slots, &slots->all[i]);
}
