/* test_threshold_windows -- windows of pieces of any length, and what came in each. */
// SPDX-License-Identifier: MIT
#include "run/threshold_windows.h"

#include "../check.h"

static const struct threshold_doubts no_doubts;

static struct threshold parsed(const char *text)
{
    struct threshold t;

    if (threshold_parse(&t, str_of(text), NULL) < 0)
        abort();
    return t;
}

/* A piece with so many requests of that time. */
static enum threshold_verdict add(struct threshold_windows *w, int n, double ms, int failures)
{
    struct histogram times = {.count = 0};

    histogram_add_many(&times, ms, (uint64_t)n);
    enum threshold_verdict verdict =
        threshold_windows_add(w,
                              &(struct threshold_piece){.has_matched = true,
                                                        .times = &times,
                                                        .requests = (uint64_t)n,
                                                        .failures = (uint64_t)failures},
                              &no_doubts);
    histogram_release(&times);
    return verdict;
}

static const char *became(const struct threshold_windows *w)
{
    static char shown[256];
    struct buf reason = BUF_INIT;
    double value;
    enum threshold_verdict verdict = threshold_windows_judge(w, &no_doubts, &value, &reason);

    snprintf(shown, sizeof shown, "%s %g: %s", threshold_verdict_name(verdict), value,
             buf_cstr(&reason));
    buf_release(&reason);
    return shown;
}

TEST(pieces_of_ten_seconds)
{
    struct threshold t = parsed("avg < 100ms for 30s");
    struct threshold_windows *w = threshold_windows_new(&t, 10);

    CHECK_INT(add(w, 10, 10, 0), THRESHOLD_NOT_JUDGED);
    CHECK_INT(add(w, 10, 20, 0), THRESHOLD_NOT_JUDGED);
    CHECK_TEXT(became(w), "not judged nan: no whole window of 30s after all users were there");
    CHECK_INT(add(w, 10, 30, 0), THRESHOLD_PASSED);
    CHECK_TEXT(became(w), "passed 20: ");
    CHECK_INT(add(w, 10, 400, 0), THRESHOLD_CROSSED);
    CHECK_INT(add(w, 10, 10, 0), THRESHOLD_CROSSED);
    CHECK_INT(add(w, 0, 0, 0), THRESHOLD_CROSSED);
    CHECK_INT(add(w, 1, 5, 0), THRESHOLD_PASSED);
    CHECK_TEXT(became(w), "crossed 205: in 3 of 5 windows, the first from 10s to 40s");
    threshold_windows_free(w);
    threshold_release(&t);
}

/* What goes out of the window is taken away in full: in the end there is what is left. */
TEST(nothing_of_an_old_piece_stays)
{
    struct threshold t = parsed("p50 < 100ms for 2s");
    struct threshold_windows *w = threshold_windows_new(&t, 1);

    for (int i = 0; i < 1000; i++)
        add(w, 1 + i * 7919 % 13, 0.1 + i * 104729 % 5000, 0);
    add(w, 3, 42, 0);
    CHECK_INT(add(w, 3, 42, 0), THRESHOLD_PASSED);
    CHECK_INT(add(w, 0, 0, 0), THRESHOLD_PASSED);
    CHECK_INT(add(w, 0, 0, 0), THRESHOLD_NOT_JUDGED);
    CHECK(strstr(became(w), "crossed") == became(w));
    threshold_windows_free(w);
    threshold_release(&t);
}

TEST(a_rate_is_of_the_whole_window)
{
    struct threshold t = parsed("rps >= 5 for 4s");
    struct threshold_windows *w = threshold_windows_new(&t, 2);

    add(w, 20, 1, 0);
    CHECK_INT(add(w, 0, 0, 0), THRESHOLD_PASSED);
    threshold_windows_skip(w, &no_doubts);
    CHECK_TEXT(became(w), "crossed 0: in 1 of 2 windows, the first from 2s to 6s");
    threshold_windows_free(w);
    threshold_release(&t);
}

TEST(the_worst_is_shown)
{
    static const struct {
        const char *text, *became;
    } cases[] = {
        {"failures < 9 for 1s", "passed 3: "},
        {"failures > 0 for 1s", "passed 1: "},
        {"failures == 3 for 1s", "crossed 1: in 2 of 3 windows, the first from 0s to 1s"},
        {"failures != 4 for 1s", "passed 3: "},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct threshold t = parsed(cases[i].text);
        struct threshold_windows *w = threshold_windows_new(&t, 1);
        for (int k = 1; k <= 3; k++)
            add(w, 10, 1, k);
        CHECK_TEXT(became(w), cases[i].became);
        threshold_windows_free(w);
        threshold_release(&t);
    }
}

TEST_MAIN(RUN(pieces_of_ten_seconds); RUN(nothing_of_an_old_piece_stays);
          RUN(a_rate_is_of_the_whole_window); RUN(the_worst_is_shown);)
