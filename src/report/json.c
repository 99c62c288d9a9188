/*
 * json -- Locust's list of entries.
 *
 * Written piece by piece, not as a tree of jansson's: the maps of seconds hold thousands of numbers
 * for each entry, and jansson writes doubles with seventeen digits. Its strings are used.
 */
// SPDX-License-Identifier: MIT
#include "report/json.h"

#include "base/err.h"
#include "base/text.h"
#include "report/view.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

double json_bucket(double ms)
{
    double step = ms < 100 ? 1 : ms < 1000 ? 10 : ms < 10000 ? 100 : 1000;
    // fmod is exact, so that a tie is one and nothing else is.
    double rest = fmod(ms, step), down = ms - rest;
    if (rest == step / 2)
        return fmod(down / step, 2) == 0 ? down : down + step;
    return rest < step / 2 ? down : down + step;
}

static void add_string(struct buf *out, const char *foreign)
{
    struct buf text = BUF_INIT;
    view_add_text(&text, str_of(foreign));
    json_t *string = json_stringn(buf_cstr(&text), text.n);
    char *quoted = string != NULL ? json_dumps(string, JSON_ENCODE_ANY | JSON_ENSURE_ASCII) : NULL;
    if (quoted == NULL)
        BUG("a text that is no UTF-8");
    buf_add_cstr(out, quoted);
    free(quoted);
    json_decref(string);
    buf_release(&text);
}

static void add_field(struct buf *out, const char *name)
{
    buf_addf(out, ",\n        \"%s\": ", name);
}

static void add_integer(struct buf *out, const char *name, uint64_t value)
{
    add_field(out, name);
    buf_addf(out, "%" PRIu64, value);
}

/* A float as Python writes it, or `nothing`. */
static void add_float(struct buf *out, const char *name, bool is_there, double value,
                      const char *nothing)
{
    add_field(out, name);
    if (is_there)
        text_add_double(out, value);
    else
        buf_add_cstr(out, nothing);
}

static void begin_map(struct buf *out, const char *name)
{
    add_field(out, name);
    buf_add_char(out, '{');
}

static void add_pair(struct buf *out, bool *is_first, int64_t key, uint64_t value)
{
    buf_addf(out, "%s\n            \"%" PRId64 "\": %" PRIu64, *is_first ? "" : ",", key, value);
    *is_first = false;
}

static void end_map(struct buf *out, bool is_empty)
{
    buf_add_cstr(out, is_empty ? "}" : "\n        }");
}

/* Slots ascend, and so do their buckets: those of one bucket follow one another. */
static void add_buckets(struct buf *out, const struct histogram *times)
{
    bool is_first = true;
    uint64_t count, sum = 0;
    double bucket = 0;
    begin_map(out, "response_times");
    for (size_t slot = histogram_next(times, 0, &count); slot < HISTOGRAM_SLOTS;
         slot = histogram_next(times, slot + 1, &count)) {
        double next = json_bucket(histogram_slot_mid_ms(slot));
        if (next != bucket && sum > 0) {
            add_pair(out, &is_first, (int64_t)bucket, sum);
            sum = 0;
        }
        bucket = next;
        sum += count;
    }
    if (sum > 0)
        add_pair(out, &is_first, (int64_t)bucket, sum);
    end_map(out, is_first);
}

static void add_seconds(struct buf *out, const char *name, const struct window *w)
{
    bool is_first = true;
    begin_map(out, name);
    for (size_t i = 0; i < w->n; i++) {
        if (w->counts[i] > 0)
            add_pair(out, &is_first, w->first_s + (int64_t)i, w->counts[i]);
    }
    end_map(out, is_first);
}

/* All of Locust's fields, and the element left open. */
static void begin_entry(struct buf *out, const struct entry *e)
{
    bool has_times = e->times.count > 0;
    buf_add_cstr(out, "{\n        \"name\": ");
    add_string(out, e->name);
    add_field(out, "method");
    add_string(out, e->method);
    add_float(out, "last_request_timestamp", e->last_s > 0, e->last_s, "null");
    add_float(out, "start_time", true, e->start_s, "");
    add_integer(out, "num_requests", e->requests);
    add_integer(out, "num_none_requests", e->untimed);
    add_integer(out, "num_failures", e->failures);
    add_float(out, "total_response_time", has_times, e->times.sum_ms, "0");
    add_float(out, "max_response_time", has_times, e->times.max_ms, "0");
    add_float(out, "min_response_time", has_times, e->times.min_ms, "null");
    add_integer(out, "total_content_length", e->content_length);
    add_buckets(out, &e->times);
    add_seconds(out, "num_reqs_per_sec", &e->per_second);
    add_seconds(out, "num_fail_per_sec", &e->failures_per_second);
}

static void end_entry(struct buf *out)
{
    buf_add_cstr(out, "\n    }");
}

/* Who reads Locust's list finds its fields here too, with nothing counted. */
static void add_in_flight(struct buf *out, const struct stats *s)
{
    struct entry *e = entry_new(STR_EMPTY, STR(JSON_IN_FLIGHT_NAME), s->total->start_s, false);
    begin_entry(out, e);
    add_integer(out, "in_flight_at_end", s->in_flight_at_end);
    end_entry(out);
    entry_free(e);
}

void json_add_stats(struct buf *out, const struct stats *s)
{
    const char *before = "\n    ";
    buf_add_char(out, '[');
    struct entry *e, *next;
    HASH_ITER (hh, s->entries, e, next) {
        if (e->requests == 0 && e->failures == 0)
            continue;
        buf_add_cstr(out, before);
        begin_entry(out, e);
        end_entry(out);
        before = ",\n    ";
    }
    if (s->in_flight_at_end > 0) {
        buf_add_cstr(out, before);
        add_in_flight(out, s);
        before = ",\n    ";
    }
    buf_add_cstr(out, before[0] == ',' ? "\n]\n" : "]\n");
}
