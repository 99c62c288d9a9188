/* test_options_arguments -- command lines against a small table. */
// SPDX-License-Identifier: MIT
#include "app/options_arguments.h"

#include "../check.h"
#include "options_rows.h"

TEST(all_ways_to_give_a_value)
{
    CHECK_INT(READ("--users", "5"), 0);
    CHECK_INT(options_int(&o, USERS), 5);
    CHECK(options_is_given(&o, USERS));
    CHECK_INT(READ("--users=6"), 0);
    CHECK_INT(options_int(&o, USERS), 6);
    CHECK_INT(READ("-u", "7"), 0);
    CHECK_INT(options_int(&o, USERS), 7);
    CHECK_INT(READ("-u8"), 0);
    CHECK_INT(options_int(&o, USERS), 8);
    CHECK_INT(READ("-vlu9"), 0);
    CHECK_INT(options_int(&o, USERS), 9);
    CHECK(options_flag(&o, VERBOSE) && options_flag(&o, TAIL));
    CHECK_INT(READ("-u", "-5"), 0);
    CHECK_INT(options_int(&o, USERS), -5);
    CHECK_INT(READ("--users=-4"), 0);
    CHECK_INT(options_int(&o, USERS), -4);
    CHECK_INT(READ("-u1", "-u2"), 0);
    CHECK_INT(options_int(&o, USERS), 2);
    CHECK_INT(READ("--host=--odd--=x"), 0);
    CHECK_TEXT(options_text(&o, HOST), "--odd--=x");
    CHECK_INT(READ("-H", "http://a:1", "-r", ".5", "-t1h30m", "--loglevel", "debug"), 0);
    CHECK_TEXT(options_text(&o, HOST), "http://a:1");
    CHECK_DOUBLE(options_number(&o, RATE), 0.5, 0);
    CHECK_INT(options_int(&o, TIME), 5400);
    CHECK_TEXT(options_text(&o, LEVEL), "DEBUG");
}

TEST(flags_can_be_taken_back)
{
    CHECK_INT(READ("--verbose"), 0);
    CHECK(options_flag(&o, VERBOSE));
    CHECK_INT(READ("--verbose", "--verbose=no"), 0);
    CHECK(!options_flag(&o, VERBOSE));
    CHECK_INT(READ("--verbose=perhaps"), -1);
    CHECK_TEXT(err.text, "--verbose: expected true or false, got 'perhaps'");
}

TEST(lists_and_words)
{
    CHECK_INT(READ("a", "--tags", "x", "y", "-u", "3", "b"), 0);
    CHECK_TEXT(joined(TAGS), "x|y");
    CHECK_INT(o.n_words, 2);
    CHECK_TEXT(o.words[0], "a");
    CHECK_TEXT(o.words[1], "b");
    CHECK_INT(READ("--tags", "x", "y", "--", "b", "-u"), 0);
    CHECK_TEXT(joined(TAGS), "x|y");
    CHECK_INT(o.n_words, 2);
    CHECK_TEXT(o.words[1], "-u");
    CHECK_INT(READ("--tags"), 0);
    CHECK(options_is_given(&o, TAGS));
    CHECK_TEXT(joined(TAGS), "");
    CHECK_INT(READ("-Tone", "w", "--tags=two words"), 0);
    CHECK_TEXT(joined(TAGS), "one|two words");
    CHECK_INT(o.n_words, 1);
    CHECK_INT(READ("-f", "a.lua, b.lua", "-fc.lua", "-", "-7"), 0);
    CHECK_TEXT(joined(FILES), "a.lua|b.lua|c.lua");
    CHECK_INT(o.n_words, 2);
    CHECK_TEXT(o.words[0], "-");
    CHECK_TEXT(o.words[1], "-7");
}

TEST(help_ends_the_reading)
{
    CHECK_INT(READ("--last", "--nonsense"), 0);
    CHECK(options_flag(&o, LAST));
    CHECK_INT(READ("-vhx"), 0);
    CHECK(options_flag(&o, LAST));
    CHECK_INT(READ("--nonsense", "--last"), -1);
}

TEST(unknown_options_name_the_nearest)
{
    CHECK_INT(READ("--user", "5"), -1);
    CHECK_TEXT(err.text, "unknown option --user (did you mean --users?)");
    CHECK_INT(READ("--spawnrate=5"), -1);
    CHECK_TEXT(err.text, "unknown option --spawnrate (did you mean --spawn-rate?)");
    CHECK_INT(READ("--run"), -1);
    CHECK_TEXT(err.text, "unknown option --run (did you mean --run-time?)");
    CHECK_INT(READ("--spawn_rate", "1"), -1);
    CHECK_TEXT(err.text, "unknown option --spawn_rate (did you mean --spawn-rate?)");
    CHECK_INT(READ("--bicycle"), -1);
    CHECK_TEXT(err.text, "unknown option --bicycle");
    CHECK_INT(READ("-x"), -1);
    CHECK_TEXT(err.text, "unknown option -x");
    CHECK_INT(READ("-vx"), -1);
    CHECK_TEXT(err.text, "unknown option -x in -vx");
    CHECK_INT(READ("-users=3"), -1);
    CHECK_TEXT(err.text, "unknown option -users=3 (did you mean --users?)");
    CHECK_INT(READ("---users"), -1);
    CHECK_TEXT(err.text, "unknown option ---users (did you mean --users?)");
}

/* As READ, where the begin of a name will do. */
static int read_short(const char *argument)
{
    options_release(&o);
    err_clear(&err);
    options_init(&o, table, N);
    o.takes_prefixes = true;
    return options_read_arguments(&o, 1, (char *const[]){(char *)argument}, &err);
}

TEST(the_begin_of_a_name_where_it_is_taken)
{
    CHECK_INT(read_short("--us=7"), 0);
    CHECK_INT(options_int(&o, USERS), 7);
    CHECK_INT(read_short("--verb"), 0);
    CHECK(options_flag(&o, VERBOSE));
    CHECK_INT(read_short("--ta=x"), -1);
    CHECK_TEXT(err.text, "--ta begins several options: --tags, --tail");
    CHECK_INT(read_short("--ur=7"), -1);
    CHECK_TEXT(err.text, "unknown option --ur");
    CHECK_INT(read_short("--=7"), -1);
    CHECK_TEXT(err.text, "unknown option --");
    CHECK_INT(READ("--us=7"), -1);
    CHECK_TEXT(err.text, "unknown option --us (did you mean --users?)");
}

TEST(missing_values)
{
    CHECK_INT(READ("-u"), -1);
    CHECK_TEXT(err.text, "--users: its value is missing (expected a whole number from -5 to 100)");
    CHECK_INT(READ("--host", "--verbose"), -1);
    CHECK_TEXT(err.text, "--host: its value is missing (expected URL)");
    CHECK_INT(READ("--host", "--"), -1);
}

TEST(what_is_unknown_can_be_passed_over)
{
    const char *const argv[] = {"a",  "--new", "b",    "-u",  "5",  "--newer=c", "d",
                                "-x", "e",     "-vz9", "-zv", "--", "--newest",  NULL};
    int argc = (int)(sizeof argv / sizeof argv[0]) - 1;

    options_release(&o);
    options_init(&o, table, N);
    o.passes_unknown = true;
    CHECK_INT(options_read_arguments(&o, argc, (char *const *)argv, &err), 0);
    CHECK_INT(o.n_unknown, 5);
    CHECK_INT(options_int(&o, USERS), 5);
    CHECK(options_flag(&o, VERBOSE));
    CHECK_INT(o.n_words, 3);
    CHECK_TEXT(o.words[1], "d");
    CHECK_TEXT(o.words[2], "--newest");
    CHECK_INT(o.n_doubtful, 2);
    CHECK_TEXT(o.doubtful[0], "b");
    CHECK_TEXT(o.doubtful[1], "e");
}

int main(void)
{
    RUN(all_ways_to_give_a_value);
    RUN(flags_can_be_taken_back);
    RUN(lists_and_words);
    RUN(help_ends_the_reading);
    RUN(unknown_options_name_the_nearest);
    RUN(the_begin_of_a_name_where_it_is_taken);
    RUN(missing_values);
    RUN(what_is_unknown_can_be_passed_over);
    options_release(&o);
    printf("%d passed, %d failed, %d skipped\n", check_passed, check_failed, check_skipped);
    return check_failed != 0;
}
