/* test_threshold_table -- thresholds on the terminal. */
// SPDX-License-Identifier: MIT
#include "report/threshold_table.h"

#include "../check.h"

static struct threshold_row row(const char *text, enum threshold_verdict verdict, const char *shown,
                                const char *reason)
{
    return (struct threshold_row){
        .text = (char *)text, .verdict = verdict, .shown = (char *)shown, .reason = (char *)reason};
}

static void add_three(struct buf *out, const struct style *style)
{
    const struct threshold_row rows[] = {
        row("p95 < 300ms", THRESHOLD_PASSED, "152 ms", ""),
        row("fail_ratio < 1%", THRESHOLD_CROSSED, "4%", ""),
        row("p95 of \033[31m < 1", THRESHOLD_NOT_JUDGED, "-", "no request\n"),
    };

    threshold_table_add(out, rows, 3, style);
}

TEST(rows_and_reasons)
{
    struct buf out = BUF_INIT;

    add_three(&out, &STYLE_PLAIN);
    CHECK_TEXT(buf_cstr(&out), "Thresholds\n"
                               "Verdict    Measured     Threshold\n"
                               "----------|------------|----------------------------------------\n"
                               "passed     152 ms       p95 < 300ms\n"
                               "crossed    4%           fail_ratio < 1%\n"
                               "not judged -            p95 of \\x1b[31m < 1\n"
                               "                          no request\\n\n"
                               "----------|------------|----------------------------------------\n"
                               "\n");
    buf_release(&out);
}

TEST(none_is_nothing)
{
    struct buf out = BUF_INIT;

    threshold_table_add(&out, NULL, 0, &STYLE_PLAIN);
    CHECK_INT(out.n, 0);
    buf_release(&out);
}

TEST(colours)
{
    struct buf out = BUF_INIT;

    add_three(&out, &(struct style){.has_colours = true});
    CHECK(strstr(buf_cstr(&out), "mpassed\033[") != NULL);
    CHECK(strstr(buf_cstr(&out), "mcrossed\033[") != NULL);
    buf_release(&out);
}

TEST(what_is_long_is_folded)
{
    const struct threshold_row rows[] = {
        row("p99.9 of \"GET /api/customers/[id]/orders\" < 1500ms for 10s abort",
            THRESHOLD_NOT_JUDGED, "-", "fewer than 1000 requests came, and the loop was late"),
    };
    struct buf out = BUF_INIT;

    threshold_table_add(&out, rows, 1, &(struct style){.columns = 60});
    CHECK_TEXT(buf_cstr(&out), "Thresholds\n"
                               "Verdict    Measured     Threshold\n"
                               "----------|------------|------------------------------------\n"
                               "not judged -            p99.9 of \"GET\n"
                               "                        /api/customers/[id]/orders\" < 1500ms\n"
                               "                        for 10s abort\n"
                               "                          fewer than 1000 requests came, and\n"
                               "                          the loop was late\n"
                               "----------|------------|------------------------------------\n"
                               "\n");
    buf_release(&out);
}

TEST_MAIN(RUN(what_is_long_is_folded); RUN(rows_and_reasons); RUN(none_is_nothing); RUN(colours);)
