/* ended -- what the tests of final reports share: the result of a run, with thresholds. */
// SPDX-License-Identifier: MIT
#ifndef TESTS_ENDED_H
#define TESTS_ENDED_H

#include "base/mem.h"
#include "report/result.h"

#include "report.h"

#define ENDED_START_S 1795187227

/* What every server and script may do to us: one text with all of it. */
#define HOSTILE \
    "</script>]]>&amp;<b>|`a`\n::error::x\n##[error]y\x1b[31m\r\x01\xff*_[z](http://z) @all"

static inline struct result *ended_result(void)
{
    struct result *r = result_new();

    r->stats = stats_new(ENDED_START_S, false);
    r->owns_stats = true;
    r->started_s = ENDED_START_S;
    r->ended_s = ENDED_START_S + 60;
    r->seed = 42;
    result_set_text(&r->version, "9.9");
    result_set_text(&r->end, "run time");
    result_add_script(r, "scenarios/shop.lua", NULL, NULL);
    return r;
}

/* value: as it is shown; NULL: there is none. */
static inline struct threshold_row *ended_threshold(struct result *r, const char *text,
                                                    enum threshold_verdict verdict,
                                                    const char *shown, const char *reason)
{
    r->thresholds = xreallocarray(r->thresholds, r->n_thresholds + 1, sizeof *r->thresholds);
    struct threshold_row *t = &r->thresholds[r->n_thresholds++];
    *t = (struct threshold_row){.text = xstrdup(text),
                                .metric = xstrdup("p95"),
                                .entry = xstrdup(""),
                                .op = xstrdup("<"),
                                .limit = 300,
                                .verdict = verdict,
                                .has_value = shown != NULL,
                                .unit = xstrdup("ms"),
                                .shown = xstrdup(shown != NULL ? shown : "-"),
                                .reason = xstrdup(reason)};
    return t;
}

#endif
