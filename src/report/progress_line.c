/* progress_line -- what the progress line says. */
// SPDX-License-Identifier: MIT
#include "report/progress_line.h"

#include "base/text.h"
#include "report/view.h"

#include <inttypes.h>
#include <math.h>

#define PARTS 6
#define SECONDS_LEAST 5 /* that the bars show; with fewer there are none */
#define SECONDS_MOST 30

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

/* Eight heights; of ASCII, signs that grow. */
static const char *const blocks[] = {"\xe2\x96\x81", "\xe2\x96\x82", "\xe2\x96\x83",
                                     "\xe2\x96\x84", "\xe2\x96\x85", "\xe2\x96\x86",
                                     "\xe2\x96\x87", "\xe2\x96\x88"};
static const char *const signs[] = {"_", ".", ":", "-", "=", "+", "*", "#"};
#define HEIGHTS 8

/* Requests a second between this sample and the one before it; the first ends the first second. */
static double rate_at(const struct history *h, size_t i)
{
    const struct history_sample *now = &h->samples[i];
    if (i == 0)
        return (double)now->requests;
    const struct history_sample *before = now - 1;
    double seconds = now->at_s - before->at_s;
    // Statistics that were reset begin from 0 again.
    if (!(seconds > 0) || now->requests < before->requests)
        return 0;
    return (double)(now->requests - before->requests) / seconds;
}

static void add_bars(struct buf *out, const struct history *h, size_t room, bool has_unicode)
{
    size_t n = h->n < SECONDS_MOST ? h->n : SECONDS_MOST;
    double most = 0;
    n = n < room ? n : room;
    if (n < SECONDS_LEAST)
        return;
    for (size_t i = h->n - n; i < h->n; i++)
        most = fmax(most, rate_at(h, i));
    buf_add_cstr(out, "  ");
    for (size_t i = h->n - n; i < h->n; i++) {
        // None is no bar; the lowest one is a few.
        double rate = rate_at(h, i);
        int height = (int)ceil(rate / most * HEIGHTS);
        if (!(rate > 0))
            buf_add_char(out, ' ');
        else
            buf_add_cstr(out, (has_unicode ? blocks
                                           : signs)[height < HEIGHTS ? height - 1 : HEIGHTS - 1]);
    }
}

void progress_add_line(struct buf *out, const struct stats *s, const struct progress_facts *facts,
                       const struct style *style)
{
    struct buf text = BUF_INIT;
    size_t used = 0;
    bool is_terminal = style->columns > 0;
    for (int part = 0; part < PARTS; part++) {
        enum style_ink ink = part == 3 && s->total->failures > 0 ? STYLE_BAD : STYLE_NONE;
        buf_clear(&text);
        add_part(&text, part, s, facts);
        used += text_width(buf_slice(&text));
        if (is_terminal && used > style->columns)
            break;
        style_begin(out, style, ink);
        buf_add_str(out, buf_slice(&text));
        style_end(out, style, ink);
    }
    if (is_terminal && used + 2 < style->columns)
        add_bars(out, &s->history, style->columns - used - 2, style->has_unicode);
    buf_release(&text);
}
