/* test_help -- the layout of --help, and that it names what there is. */
// SPDX-License-Identifier: MIT
#include "app/help.h"

#include "../check.h"

static const struct option table[] = {
    {.name = "users",
     .letter = 'u',
     .type = OPTION_INT,
     .value = "N",
     .preset = "1",
     .max = 9,
     .group = "One",
     .help = "how many users there are at the same time, in all of the classes together"},
    {.name = "quiet", .group = "One", .help = "say less"},
    {.name = "a-name-that-leaves-no-room", .group = "Two", .help = "say more"},
};

TEST(columns_and_groups)
{
    struct buf out = BUF_INIT;

    help_add_options(&out, table, 3);
    CHECK_TEXT(buf_cstr(&out),
               "One:\n"
               "  -u, --users N               how many users there are at the same time, in all\n"
               "                              of the classes together (default: 1)\n"
               "      --quiet                 say less\n"
               "\n"
               "Two:\n"
               "      --a-name-that-leaves-no-room\n"
               "                              say more\n");
    buf_release(&out);
}

TEST(of_the_practice_server)
{
    struct buf out = BUF_INIT;

    help_add_target(&out);
    CHECK(str_contains(buf_slice(&out), STR("\n      --error-rate SHARE ")));
    CHECK(str_contains(buf_slice(&out), STR("/delay/<ms> ")));
    buf_release(&out);
}

TEST_MAIN(RUN(columns_and_groups); RUN(of_the_practice_server);)
