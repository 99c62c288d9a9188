/* test_hgrm -- percentiles in HdrHistogram's text, line by line. */
// SPDX-License-Identifier: MIT
#include "report/hgrm.h"

#include <unistd.h>

#include "result.h"

TEST(steps_halve_towards_the_end)
{
    struct histogram h = {0};
    struct buf out = BUF_INIT;
    for (int i = 1; i <= 8; i++)
        histogram_add(&h, i);
    hgrm_add(&out, &h);
    // Values are the highest of their slots: 4.000 ms lies in a slot of 4 us.
    CHECK_TEXT(buf_cstr(&out), "       Value     Percentile TotalCount 1/(1-Percentile)\n"
                               "\n"
                               "       1.000 0.000000000000          1           1.00\n"
                               "       1.000 0.100000000000          1           1.11\n"
                               "       2.000 0.200000000000          2           1.25\n"
                               "       3.001 0.300000000000          3           1.43\n"
                               "       4.001 0.400000000000          4           1.67\n"
                               "       4.001 0.500000000000          4           2.00\n"
                               "       5.003 0.550000000000          5           2.22\n"
                               "       5.003 0.600000000000          5           2.50\n"
                               "       6.003 0.650000000000          6           2.86\n"
                               "       6.003 0.700000000000          6           3.33\n"
                               "       6.003 0.750000000000          6           4.00\n"
                               "       7.003 0.775000000000          7           4.44\n"
                               "       7.003 0.800000000000          7           5.00\n"
                               "       7.003 0.825000000000          7           5.71\n"
                               "       7.003 0.850000000000          7           6.67\n"
                               "       7.003 0.875000000000          7           8.00\n"
                               "       8.003 0.887500000000          8           8.89\n"
                               "       8.003 1.000000000000          8\n"
                               "#[Mean    =        4.500, StdDeviation   =        2.292]\n"
                               "#[Max     =        8.000, Total count    =            8]\n"
                               "#[Buckets =           22, SubBuckets     =         2048]\n");
    buf_release(&out);
    histogram_release(&h);
}

TEST(nothing_at_all)
{
    struct histogram h = {0};
    struct buf out = BUF_INIT;
    hgrm_add(&out, &h);
    CHECK(has_line(buf_cstr(&out), "#[Max     =        0.000, Total count    =            0]"));
    buf_release(&out);
}

TEST(a_file_for_each_name)
{
    struct result *r = made_result(RESULT_START, 7);
    char folder[] = "/tmp/katydid-hgrm-XXXXXX";
    static const char *const names[] = {"x_total", "x_GET_0",   "x_GET_1",
                                        "x_GET_2", "x_GET_1_2", "x_TRANSACTION_buy"};
    CHECK(mkdtemp(folder) != NULL);
    log_one(r->stats, "GET", "1//", 5, NULL, RESULT_START);
    char *prefix = xasprintf("%s/deep/x", folder);
    CHECK_INT(hgrm_write(prefix, r, NULL), 0);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *path = xasprintf("%s/deep/%s.hgrm", folder, names[i]);
        if (unlink(path) < 0)
            CHECK_FAIL("no %s", path);
        free(path);
    }
    char *deep = xasprintf("%s/deep", folder);
    CHECK_INT(rmdir(deep), 0); // there are no others
    CHECK_INT(rmdir(folder), 0);
    free(deep);
    free(prefix);
    result_free(r);
}

TEST_MAIN(RUN(steps_halve_towards_the_end); RUN(nothing_at_all); RUN(a_file_for_each_name);)
