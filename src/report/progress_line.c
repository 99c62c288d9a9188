/* progress_line -- what the progress line says. */
// SPDX-License-Identifier: MIT
#include "report/progress_line.h"

#include "base/text.h"
#include "report/view.h"

#include <inttypes.h>

#define PARTS 6

/* "00:12", "1:00:12", of the nearest second: it is drawn when one is over, a little before or after. */
static void add_clock(struct buf *out, double seconds)
{
    uint64_t whole = seconds > 0 ? (uint64_t)(seconds + 0.5) : 0;
    if (whole >= 3600)
        buf_addf(out, "%" PRIu64 ":", whole / 3600);
    buf_addf(out, "%02" PRIu64 ":%02" PRIu64, whole / 60 % 60, whole % 60);
}

static void add_users(struct buf *out, const struct progress_facts *facts)
{
    buf_addf(out, "%zu", facts->users);
    if (facts->target_users != facts->users)
        buf_addf(out, "/%zu", facts->target_users);
    buf_add_cstr(out, facts->users == 1 && facts->target_users == 1 ? " user" : " users");
}

/* A few failures among many requests are not none. */
static void add_failures(struct buf *out, const struct stats *s)
{
    double percent = entry_fail_ratio(s->total) * 100;
    if (percent > 0 && percent < 0.05)
        buf_add_cstr(out, "<0.1% failed");
    else
        buf_addf(out, "%.1f%% failed", percent);
}

static void add_p95(struct buf *out, const struct history_sample *now)
{
    buf_add_cstr(out, "  p95 ");
    if (now == NULL || now->p95_ms == 0) {
        buf_add_char(out, '-');
        return;
    }
    view_add_time(out, now->p95_ms, 0);
    buf_add_cstr(out, " ms");
}

static void add_part(struct buf *out, int part, const struct stats *s,
                     const struct progress_facts *facts)
{
    const struct history_sample *now = history_last(&s->history);
    switch (part) {
    case 0:
        buf_add_char(out, '[');
        add_clock(out, facts->elapsed_s);
        if (facts->run_time_s > 0) {
            buf_add_char(out, '/');
            add_clock(out, facts->run_time_s);
        }
        buf_add_char(out, ']');
        break;
    case 1:
        buf_add_char(out, ' ');
        add_users(out, facts);
        break;
    case 2:
        buf_addf(out, "  %.1f req/s", now != NULL ? now->rate : 0);
        break;
    case 3:
        buf_add_cstr(out, "  ");
        add_failures(out, s);
        break;
    case 4:
        add_p95(out, now);
        break;
    case 5:
        buf_addf(out, "  %s", facts->state);
        break;
    }
}

void progress_add_line(struct buf *out, const struct stats *s, const struct progress_facts *facts,
                       unsigned columns)
{
    size_t first = out->n;
    for (int part = 0; part < PARTS; part++) {
        size_t before = out->n;
        add_part(out, part, s, facts);
        if (columns > 0 && text_width(str_slice(buf_slice(out), first, out->n)) > columns) {
            buf_truncate(out, before);
            return;
        }
    }
}
