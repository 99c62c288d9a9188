/* test_target_options -- what the practice server is told by its options. */
// SPDX-License-Identifier: MIT
#include "app/target_options.h"

#include "app/options_arguments.h"

#include "../check.h"

static struct options o;
static struct err err;
static struct target_options settings;

static int read_arguments(const char *const *argv)
{
    int argc = 0;

    while (argv[argc] != NULL)
        argc++;
    if (o.table != NULL)
        options_release(&o);
    err_clear(&err);
    options_init(&o, target_table, TARGET_OPTIONS);
    if (options_read_arguments(&o, argc, (char *const *)argv, &err) < 0)
        return -1;
    return target_settings(&o, &settings, &err);
}
#define READ(...) read_arguments((const char *const[]){__VA_ARGS__, NULL})

TEST(defaults)
{
    CHECK_INT(read_arguments((const char *const[]){NULL}), 0);
    CHECK_TEXT(settings.bind, "127.0.0.1");
    CHECK_INT(settings.port, 8080);
    CHECK_INT(settings.connections, 15000);
    CHECK_DOUBLE(settings.delay_max_ms, 0, 0);
    CHECK_DOUBLE(settings.error_rate, 0, 0);
}

TEST(values)
{
    CHECK_INT(READ("--port", "0", "--bind=::1", "--error-rate", "0.25", "--seed", "7",
                   "--connections=20"),
              0);
    CHECK_INT(settings.port, 0);
    CHECK_TEXT(settings.bind, "::1");
    CHECK_DOUBLE(settings.error_rate, 0.25, 0);
    CHECK_INT(settings.seed, 7);
    CHECK_INT(settings.connections, 20);
}

TEST(delays)
{
    CHECK_INT(READ("--delay", "10..100"), 0);
    CHECK_DOUBLE(settings.delay_min_ms, 10, 0);
    CHECK_DOUBLE(settings.delay_max_ms, 100, 0);
    CHECK_INT(READ("--delay", "0.5"), 0);
    CHECK_DOUBLE(settings.delay_min_ms, 0.5, 0);
    CHECK_DOUBLE(settings.delay_max_ms, 0.5, 0);
    CHECK_INT(READ("--delay", "1.5..2.5"), 0);
    CHECK_DOUBLE(settings.delay_min_ms, 1.5, 0);
    CHECK_DOUBLE(settings.delay_max_ms, 2.5, 0);
    CHECK_INT(READ("--delay", "100..10"), -1);
    CHECK_TEXT(err.text, "--delay: expected milliseconds as MIN..MAX or one number, got '100..10'");
    CHECK_INT(READ("--delay", "10..", "--port=1"), -1);
    CHECK_INT(READ("--delay", "10...20"), -1);
    CHECK_INT(READ("--delay", "soon"), -1);
    CHECK_INT(READ("--delay=-1"), -1);
}

TEST(out_of_range)
{
    CHECK_INT(READ("--port", "65536"), -1);
    CHECK_INT(READ("--error-rate", "1.5"), -1);
    CHECK_INT(READ("--connections", "0"), -1);
}

int main(void)
{
    RUN(defaults);
    RUN(values);
    RUN(delays);
    RUN(out_of_range);
    options_release(&o);
    printf("%d passed, %d failed, %d skipped\n", check_passed, check_failed, check_skipped);
    return check_failed != 0;
}
