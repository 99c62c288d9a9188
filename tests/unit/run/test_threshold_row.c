/* test_threshold_row -- rows of thresholds. */
// SPDX-License-Identifier: MIT
#include "run/threshold_row.h"

#include "../check.h"

#include "base/mem.h"

TEST(verdicts_have_names)
{
    CHECK_TEXT(threshold_verdict_name(THRESHOLD_PASSED), "passed");
    CHECK_TEXT(threshold_verdict_name(THRESHOLD_CROSSED), "crossed");
    CHECK_TEXT(threshold_verdict_name(THRESHOLD_NOT_JUDGED), "not judged");
}

TEST(rows_are_freed_with_their_texts)
{
    struct threshold_row *rows = xcalloc(2, sizeof *rows);

    for (size_t i = 0; i < 2; i++) {
        rows[i].text = xstrdup("p95 < 300ms");
        rows[i].metric = xstrdup("p95");
        rows[i].entry = xstrdup("");
        rows[i].op = xstrdup("<");
        rows[i].unit = xstrdup("ms");
        rows[i].shown = xstrdup("312 ms");
        rows[i].reason = xstrdup("");
    }
    threshold_rows_free(rows, 2); // LeakSanitizer tells what is left
    threshold_rows_free(NULL, 0);
}

TEST_MAIN(RUN(verdicts_have_names); RUN(rows_are_freed_with_their_texts);)
