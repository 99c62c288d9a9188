/* test_compare_options -- what a comparison is told by its options. */
// SPDX-License-Identifier: MIT
#include "app/compare_options.h"

#include "app/options_arguments.h"

#include "../check.h"

static struct options o;
static struct err err;
static struct compare_settings settings;

static int read_arguments(const char *const *argv)
{
    int argc = 0;

    while (argv[argc] != NULL)
        argc++;
    if (o.table != NULL)
        options_release(&o);
    err_clear(&err);
    options_init(&o, compare_table, COMPARE_OPTIONS);
    if (options_read_arguments(&o, argc, (char *const *)argv, &err) < 0)
        return -1;
    return compare_options_settings(&o, &settings, &err);
}
#define READ(...) read_arguments((const char *const[]){__VA_ARGS__, NULL})

TEST(defaults)
{
    CHECK_INT(READ("a.json", "b.json"), 0);
    CHECK_DOUBLE(settings.tolerance, 0.05, 1e-12);
    CHECK_DOUBLE(settings.failures_tolerance, 0.001, 1e-12);
    CHECK_INT(settings.seed, 1);
}

TEST(values)
{
    CHECK_INT(READ("a", "b", "c", "--tolerance", "7.5%", "--failure-tolerance=2", "--seed", "9"),
              0);
    CHECK_DOUBLE(settings.tolerance, 0.075, 1e-12);
    CHECK_DOUBLE(settings.failures_tolerance, 0.02, 1e-12);
    CHECK_INT(settings.seed, 9);
    CHECK_INT(READ("a", "b", "--tolerance", "0"), 0);
    CHECK_DOUBLE(settings.tolerance, 0, 0);
}

TEST(mistakes)
{
    CHECK_INT(READ("a", "b", "--tolerance", "5ms"), -1);
    CHECK_TEXT(err.text, "--tolerance: expected a percentage from 0 to 100, got '5ms'");
    CHECK_INT(READ("a", "b", "--failure-tolerance", "101"), -1);
    CHECK_TEXT(err.text, "--failure-tolerance: expected a percentage from 0 to 100, got '101'");
    CHECK_INT(READ("a"), -1);
    CHECK_TEXT(err.text, "expected the files of two results and more (katydid compare BASE... NEW; "
                         "they are written by --result FILE)");
    CHECK_INT(READ("a", "b", "--json", "--markdown", "-"), -1);
    CHECK_TEXT(err.text, "--json and --markdown -: standard output can hold one of them");
}

TEST_MAIN(RUN(defaults); RUN(values); RUN(mistakes); options_release(&o);)
