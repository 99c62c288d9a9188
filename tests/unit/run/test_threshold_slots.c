/* test_threshold_slots -- windows of a run that is over. */
// SPDX-License-Identifier: MIT
#include "run/threshold_slots.h"

#include "../check.h"

#include "stats/slots.h"

#define START 1000.0

static struct stats *stats;
static struct threshold_doubts doubts;

/* A run of 60 s with ten users from 12 s on, a request every tenth of a second: to /a, every tenth to /b.
 * From 30 to 33 s they are slow, and at 45 s one fails. */
static void run(void)
{
    stats = stats_new(START, false);
    stats->slots = slots_new(START, SLOTS_LIMIT);
    doubts = (struct threshold_doubts){.lag_ms = 0};
    for (int i = 0; i < 600; i++) {
        double t_s = i / 10.0 + 0.05;
        struct entry *e = stats_entry(stats, i % 10 == 0 ? STR("POST") : STR("GET"),
                                      i % 10 == 0 ? STR("/b") : STR("/a"), START + t_s);
        stats_log(stats, e, true, t_s > 30 && t_s < 33 ? 500 : 10, 1,
                  i == 451 ? STR("broken") : STR_EMPTY, START + t_s);
        if (i % 10 == 9 &&
            slots_tick(stats->slots, stats->entries, i < 120 ? 5 : 10, START + (i + 1) / 10.0))
            while (slots_work(stats->slots))
                continue;
    }
    slots_finish(stats->slots, stats->entries, 10, START + 60);
}

static const char *judged(const char *text)
{
    static char shown[512];
    struct threshold t;
    struct threshold_row *row = malloc(sizeof *row);

    if (row == NULL || threshold_parse(&t, str_of(text), NULL) < 0)
        abort();
    *row = threshold_slots_judge(&t, stats, &doubts);
    snprintf(shown, sizeof shown, "%s %s%s%s", threshold_verdict_name(row->verdict), row->shown,
             row->reason[0] != '\0' ? ": " : "", row->reason);
    threshold_rows_free(row, 1);
    threshold_release(&t);
    return shown;
}

/* The users are all there within the second slot: windows begin with the third, at 20 s. */
TEST(each_slot_begins_one)
{
    run();
    CHECK_TEXT(judged("p50 < 100ms for 10s"), "passed 10 ms");
    CHECK_TEXT(judged("p75 < 100ms for 10s"),
               "crossed 500 ms: in 1 of 4 windows, the first from 30s to 40s");
    CHECK_TEXT(judged("p90 < 100ms for 20s"),
               "crossed 500 ms: in 2 of 3 windows, the first from 20s to 40s");
    CHECK_TEXT(judged("max of /a < 100ms for 40s"),
               "crossed 500 ms: in 1 of 1 windows, the first from 20s to 1m");
    CHECK_TEXT(judged("requests == 10 for 10s"),
               "crossed 100: in 4 of 4 windows, the first from 20s "
               "to 30s");
    CHECK_TEXT(judged("requests of POST /b == 10 for 10s"), "passed 10");
    CHECK_TEXT(judged("rps >= 10 for 20s"), "passed 10/s");
    CHECK_TEXT(judged("fail_ratio < 1% for 10s"),
               "crossed 1%: in 1 of 4 windows, the first from 40s to 50s");
    stats_free(stats);
}

TEST(what_slots_can_not_tell)
{
    run();
    CHECK_TEXT(judged("p50 < 100ms for 50s"),
               "not judged -: no whole window of 50s after all users were there");
    CHECK_TEXT(judged("p50 < 100ms for 15s"), "not judged -: windows of a result are of whole ten "
                                              "seconds, or of more where it was long");
    CHECK_TEXT(judged("exceptions < 1 for 10s"), "not judged -: windows of what is not of requests "
                                                 "are judged while a run lasts");
    CHECK_TEXT(judged("p50 of /nobody < 1 for 10s"),
               "not judged -: no request has a name that it is of");
    doubts.lag_ms = 100;
    CHECK(strstr(judged("p50 < 100ms for 10s"), "not judged 10 ms: 4 of 4 windows can't be judged: "
                                                "katydid's own lag") != NULL);
    doubts.is_cut_short = true;
    CHECK_TEXT(judged("requests > 1 for 10s"),
               "not judged 100: a signal ended the run before its time");
    doubts.is_cut_short = false;
    slots_free(stats->slots);
    stats->slots = NULL;
    CHECK_TEXT(
        judged("p50 < 100ms for 10s"),
        "not judged -: windows are judged while a run lasts, or of a result with figures for "
        "each ten seconds");
    stats_free(stats);
}

TEST(the_first_begins_when_all_users_were_there)
{
    run();
    stats->slots->spawned_s = 29.6;
    CHECK_TEXT(judged("p75 < 100ms for 10s"),
               "crossed 500 ms: in 1 of 3 windows, the first from 30s to 40s");
    stats->slots->spawned_s = 31;
    CHECK_TEXT(judged("p75 < 100ms for 10s"), "passed 10 ms");
    stats->slots->spawned_s = 0.02;
    CHECK_TEXT(judged("requests == 10 for 10s"),
               "crossed 100: in 6 of 6 windows, the first from 0s to 10s");
    stats_free(stats);
}

TEST_MAIN(RUN(each_slot_begins_one); RUN(the_first_begins_when_all_users_were_there);
          RUN(what_slots_can_not_tell);)
