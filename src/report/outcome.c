/* outcome -- how a run ended, in a word and in a line. */
// SPDX-License-Identifier: MIT
#include "report/outcome.h"

#include <inttypes.h>
#include <string.h>

/* Exit codes of the command line's contract. */
enum { CODE_NO_START = 2, CODE_CROSSED = 3, CODE_NOT_JUDGED = 4, CODE_INT = 130, CODE_TERM = 143 };

size_t outcome_count(const struct result *r, enum threshold_verdict verdict)
{
    size_t n = 0;

    for (size_t i = 0; i < r->n_thresholds; i++)
        n += r->thresholds[i].verdict == verdict;
    return n;
}

bool outcome_is_of_thresholds(const struct result *r)
{
    if (r->exit_code == CODE_CROSSED)
        return outcome_count(r, THRESHOLD_CROSSED) > 0;
    return r->exit_code == CODE_NOT_JUDGED && outcome_count(r, THRESHOLD_NOT_JUDGED) > 0;
}

enum outcome outcome_of(const struct result *r)
{
    if (r->exit_code == 0)
        return OUTCOME_PASSED;
    if (outcome_is_of_thresholds(r))
        return r->exit_code == CODE_CROSSED ? OUTCOME_FAILED : OUTCOME_NOT_JUDGED;
    if (r->exit_code == CODE_NO_START || r->exit_code == CODE_INT || r->exit_code == CODE_TERM)
        return OUTCOME_BROKEN;
    return OUTCOME_FAILED;
}

const char *outcome_name(enum outcome outcome)
{
    static const char *const names[] = {
        [OUTCOME_PASSED] = "passed",
        [OUTCOME_FAILED] = "failed",
        [OUTCOME_NOT_JUDGED] = "not judged",
        [OUTCOME_BROKEN] = "broken off",
    };

    return names[outcome];
}

/* Before each reason but the first. */
static void add_comma(struct buf *out, size_t from)
{
    if (out->n > from)
        buf_add_cstr(out, ", ");
}

static void add_thresholds(struct buf *out, size_t from, const struct result *r,
                           enum threshold_verdict verdict)
{
    size_t n = outcome_count(r, verdict);

    if (n == 0)
        return;
    add_comma(out, from);
    if (n == r->n_thresholds && n > 1)
        buf_addf(out, "all %zu thresholds %s", n, threshold_verdict_name(verdict));
    else
        buf_addf(out, "%zu of %zu threshold%s %s", n, r->n_thresholds,
                 r->n_thresholds == 1 ? "" : "s", threshold_verdict_name(verdict));
}

static void add_figures(struct buf *out, size_t from, const struct stats *s)
{
    if (s->total->failures > 0) {
        add_comma(out, from);
        buf_addf(out, "%" PRIu64 " of %" PRIu64 " request%s failed", s->total->failures,
                 s->total->requests, s->total->requests == 1 ? "" : "s");
    }
    if (s->exceptions.total > 0) {
        add_comma(out, from);
        buf_addf(out, "%" PRIu64 " exception%s in scripts", s->exceptions.total,
                 s->exceptions.total == 1 ? "" : "s");
    }
}

void outcome_add_reason(struct buf *out, const struct result *r)
{
    size_t from = out->n;

    add_thresholds(out, from, r, THRESHOLD_CROSSED);
    add_thresholds(out, from, r, THRESHOLD_NOT_JUDGED);
    if (r->exit_code == 0 && out->n == from)
        add_thresholds(out, from, r, THRESHOLD_PASSED);
    add_figures(out, from, r->stats);
    if (*r->exit_reason != '\0') {
        add_comma(out, from);
        buf_add_cstr(out, r->exit_reason);
    }
    if (outcome_of(r) == OUTCOME_BROKEN && *r->end != '\0') {
        add_comma(out, from);
        buf_addf(out, "ended by: %s", r->end);
    }
    if (out->n == from)
        buf_addf(out, "%" PRIu64 " request%s, none failed", r->stats->total->requests,
                 r->stats->total->requests == 1 ? "" : "s");
}

void outcome_add_title(struct buf *out, const struct result *r)
{
    for (size_t i = 0; i < r->n_scripts; i++) {
        const char *path = r->scripts[i].path;
        const char *slash = strrchr(path, '/');
        struct str name = str_of(slash != NULL && slash[1] != '\0' ? slash + 1 : path);
        if (str_ends(name, STR(".lua")) && name.n > 4)
            name.n -= 4;
        if (i > 0)
            buf_add_char(out, '+');
        buf_add_str(out, name);
    }
    if (r->n_scripts == 0)
        buf_add_cstr(out, "katydid");
}
