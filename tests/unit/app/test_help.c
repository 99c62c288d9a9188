/* test_help -- the layout of --help, and that it names what there is. */
// SPDX-License-Identifier: MIT
#include "app/help.h"

#include "app/run_options.h"
#include "base/text.h"
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

/* The first line that is too wide for a terminal; p NULL: none is. */
static struct str too_wide(struct str text)
{
    while (text.n > 0) {
        struct str line = str_cut(&text, '\n');
        if (text_width(line) > 80)
            return line;
    }
    return (struct str){NULL, 0};
}

TEST(of_the_practice_server)
{
    struct buf out = BUF_INIT;

    help_add_target(&out);
    CHECK(str_contains(buf_slice(&out), STR("\n      --error-rate SHARE ")));
    CHECK(str_contains(buf_slice(&out), STR("/delay/<ms> ")));
    buf_release(&out);
}

TEST(every_option_is_there_within_eighty_columns)
{
    struct buf out = BUF_INIT;
    char name[64];

    for (int is_debug = 0; is_debug < 2; is_debug++) {
        help_add_run(&out, run_options, RUN_OPTIONS, is_debug);
        for (size_t i = 0; i < RUN_OPTIONS; i++) {
            const struct option *row = &run_options[i];
            snprintf(name, sizeof name, " --%s ", row->name);
            CHECK_INT(str_contains(buf_slice(&out), str_of(name)),
                      is_debug ? !row->run_alone : !row->debug_alone);
        }
        CHECK(too_wide(buf_slice(&out)).p == NULL);
        buf_release(&out);
    }
}

TEST(versions)
{
    struct buf out = BUF_INIT;

    help_add_version(&out);
    CHECK(str_starts(buf_slice(&out), STR("katydid " KATYDID_VERSION "\n")));
    CHECK(str_contains(buf_slice(&out), STR("\nLuaJIT ")));
    CHECK(str_contains(buf_slice(&out), STR("\nlibcurl ")));
    CHECK(str_contains(buf_slice(&out), STR("\nOpenSSL ")));
    CHECK(str_contains(buf_slice(&out), STR("\nlibev ")));
    CHECK(str_contains(buf_slice(&out), STR("\nlibmicrohttpd ")));
    CHECK(str_contains(buf_slice(&out), STR("\nc-ares ")));
    CHECK(str_contains(buf_slice(&out), STR("\njansson ")));
    buf_release(&out);
}

TEST_MAIN(RUN(columns_and_groups); RUN(of_the_practice_server);
          RUN(every_option_is_there_within_eighty_columns); RUN(versions);)
