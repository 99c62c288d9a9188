/* test_result_merge -- several results as one: exact sums, and what they differ in. */
// SPDX-License-Identifier: MIT
#include "report/result_merge.h"

#include "stats/pairs.h"

#include "result.h"

/* A histogram as text, until the next call but one. */
static const char *slots_of(const struct histogram *h)
{
    static struct buf texts[2];
    static int next;
    struct buf *out = &texts[next++ % 2];
    buf_clear(out);
    pairs_add_histogram(out, h);
    return buf_cstr(out);
}

static bool has_note(const struct result *r, const char *note)
{
    for (size_t i = 0; i < r->n_notes; i++)
        if (strcmp(r->notes[i], note) == 0)
            return true;
    return false;
}

TEST(counts_and_times_add_up)
{
    // Begun on other days, they are laid one upon the other.
    struct result *a = made_result(RESULT_START, 7), *b = made_result(RESULT_START + 1e6, 8);
    struct stats *as = a->stats, *bs = b->stats;
    struct histogram sum = {0};
    struct err err = ERR_INIT;
    histogram_merge(&sum, &as->total->times);
    histogram_merge(&sum, &bs->total->times);
    log_one(bs, "GET", "/only in b", 5, "", RESULT_START + 1e6 + 1);
    histogram_add(&sum, 5);
    CHECK_INT(result_merge(a, b, &err), 0);
    CHECK_INT(as->total->requests, 2003);
    CHECK_INT(as->total->failures, 50);
    CHECK_TEXT(slots_of(&as->total->times), slots_of(&sum));
    CHECK_DOUBLE(as->total->times.sum_ms, sum.sum_ms, 1e-6);
    CHECK_DOUBLE(as->total->times.max_ms, sum.max_ms, 0);
    CHECK_DOUBLE(as->total->start_s, RESULT_START, 0);
    CHECK(as->total->last_s < RESULT_START + 26);
    CHECK_INT(stats_find(as, STR("GET"), STR("/only in b"))->requests, 1);
    CHECK_INT(stats_find(as, STR("GET"), STR("/1"))->requests, 650);
    CHECK_INT(as->failures.n, 1);
    CHECK_INT(as->failures.all->count, 50);
    CHECK_INT(as->exceptions.total, 2);
    CHECK_INT(as->in_flight_at_end, 6);
    CHECK_INT(as->transactions_cut_off, 8);
    CHECK_INT(metrics_find(&as->metrics, STR("size"))->count, 4);
    CHECK_INT(window_at(&as->total->per_second, (int64_t)RESULT_START + 5), 80);
    CHECK_INT(a->n_runs, 2);
    CHECK_INT(a->usage.lag.count, 50004000);
    histogram_release(&sum);
    result_free(a);
    result_free(b);
}

TEST(slots_and_history_add_up_by_their_distance_from_the_begin)
{
    struct result *a = made_result(RESULT_START, 7), *b = made_result(RESULT_START + 500, 7);
    const struct slots *slots = b->stats->slots;
    size_t n = a->stats->slots->n;
    CHECK_INT(result_merge(a, b, NULL), 0);
    CHECK_INT(a->stats->slots->n, n);
    for (size_t i = 0; i < n; i++) {
        const struct slot *sum = &a->stats->slots->all[i], *one = &slots->all[i];
        CHECK_INT(sum->n, one->n);
        CHECK_INT(sum->users, 2 * one->users);
        CHECK_DOUBLE(sum->from_s, one->from_s, 0);
        CHECK_DOUBLE(sum->to_s, one->to_s, 0);
        for (size_t k = 0; k < sum->n; k++) {
            CHECK_INT(sum->rows[k].requests, 2 * one->rows[k].requests);
            CHECK_INT(sum->rows[k].failures, 2 * one->rows[k].failures);
            CHECK_INT(slots_row_count(&sum->rows[k]), 2 * slots_row_count(&one->rows[k]));
            CHECK_DOUBLE(sum->rows[k].sum_ms, 2 * one->rows[k].sum_ms, 0.0005);
        }
    }
    const struct history *ha = &a->stats->history, *hb = &b->stats->history;
    CHECK_INT(ha->n, hb->n);
    for (size_t i = 0; i < hb->n; i++) {
        CHECK_INT(ha->samples[i].users, 20);
        CHECK_INT(ha->samples[i].requests, 2 * hb->samples[i].requests);
        CHECK_DOUBLE(ha->samples[i].rate, 2 * hb->samples[i].rate, 1e-9);
        CHECK_DOUBLE(ha->samples[i].average_ms, hb->samples[i].average_ms, 1e-9);
    }
    char *text = file_of(a);
    struct err err = ERR_INIT;
    struct result *again = result_file_parse(str_of(text), &err);
    CHECK_TEXT(err.text, "");
    result_free(again);
    free(text);
    result_free(a);
    result_free(b);
}

TEST(slots_of_other_lengths)
{
    struct result *a = made_result(RESULT_START, 7), *b = made_result(RESULT_START, 8);
    struct slots *long_ones = slots_new(RESULT_START, SLOTS_LIMIT);
    slots_free(b->stats->slots);
    b->stats->slots = long_ones;
    long_ones->seconds = 20;
    slots_finish(long_ones, b->stats->entries, 9, RESULT_START + 20);
    CHECK_INT(result_merge(a, b, NULL), 0);
    CHECK_INT(a->stats->slots->seconds, 20);
    CHECK_INT(a->stats->slots->n, 2);
    CHECK_INT(a->stats->slots->all[0].users, 19);
    CHECK_INT(a->stats->slots->all[1].users, 4);
    CHECK_DOUBLE(a->stats->slots->all[1].from_s, 20, 0);
    result_free(a);
    result_free(b);
}

TEST(one_without_slots)
{
    struct result *a = made_result(RESULT_START, 7), *b = made_result(RESULT_START, 8);
    slots_free(b->stats->slots);
    b->stats->slots = NULL;
    CHECK_INT(result_merge(a, b, NULL), 0);
    CHECK(a->stats->slots == NULL);
    CHECK(has_note(a, "Not all results have figures for each ten seconds: there are none of all"));
    result_free(a);
    result_free(b);
}

TEST(what_they_differ_in)
{
    struct result *a = made_result(RESULT_START, 7), *b = made_result(RESULT_START, 8);
    CHECK_INT(result_merge(a, b, NULL), 0);
    CHECK_INT(a->n_notes, 1); // the one that was there
    result_set_text(&b->version, "0.2.0");
    result_set_text(&b->scripts[0].sha256, "cd34");
    result_set_text(&b->scripts[1].path, "c.lua");
    result_set_text(&b->machines[0].name, "ci-8");
    json_object_set_new(b->options, "users", json_integer(20));
    CHECK_INT(result_merge(a, b, NULL), 0);
    CHECK(has_note(a, "The results differ in their version of katydid: '0.1.0' and '0.2.0'"));
    CHECK(has_note(a, "The script a.lua is not the same in all results"));
    CHECK(has_note(a, "The results are of different scripts: not all have c.lua"));
    CHECK(has_note(a, "The results are of different scripts: not all have b.lua"));
    CHECK(has_note(a, "The load came from several machines: ci-7 and ci-8"));
    CHECK(has_note(a, "The results differ in the option --users"));
    CHECK_INT(a->n_machines, 2);
    CHECK_INT(a->n_runs, 3);
    CHECK_INT(a->n_thresholds, 2);
    CHECK_INT(a->thresholds[0].verdict, THRESHOLD_NOT_JUDGED);
    result_free(a);
    result_free(b);
}

TEST(the_exit_code_that_counts_first)
{
    static const int codes[][3] = {{0, 1, 1},     {1, 3, 3}, {4, 3, 3}, {3, 130, 130},
                                   {130, 42, 42}, {2, 4, 2}, {0, 0, 0}};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        struct result *a = made_result(RESULT_START, 7), *b = made_result(RESULT_START, 8);
        a->exit_code = codes[i][0];
        b->exit_code = codes[i][1];
        CHECK_INT(result_merge(a, b, NULL), 0);
        CHECK_INT(a->exit_code, codes[i][2]);
        result_free(a);
        result_free(b);
    }
}

TEST(metrics_of_another_kind)
{
    struct result *a = made_result(RESULT_START, 7), *b = made_result(RESULT_START, 8);
    struct err err = ERR_INIT;
    metrics_get(&a->stats->metrics, METRIC_GAUGE, STR("mixed"));
    metrics_get(&b->stats->metrics, METRIC_TREND, STR("mixed"));
    CHECK_INT(result_merge(a, b, &err), -1);
    CHECK_TEXT(err.text, "the metric 'mixed' is a gauge in one and a trend in the other");
    result_free(a);
    result_free(b);
}

TEST_MAIN(RUN(counts_and_times_add_up);
          RUN(slots_and_history_add_up_by_their_distance_from_the_begin);
          RUN(slots_of_other_lengths); RUN(one_without_slots); RUN(what_they_differ_in);
          RUN(the_exit_code_that_counts_first); RUN(metrics_of_another_kind);)
