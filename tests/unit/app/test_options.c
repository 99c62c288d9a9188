/* test_options -- command lines and variables against small tables. */
// SPDX-License-Identifier: MIT
#include "app/options.h"

#include "../check.h"

enum { VERBOSE, HOST, USERS, RATE, TIME, LEVEL, TAGS, FILES, RULES, SETUP, TAIL, LAST, N };

static const char *const levels[] = {"DEBUG", "INFO"};
static const struct option table[N] = {
    [VERBOSE] = {.name = "verbose", .letter = 'v'},
    [HOST] = {.name = "host", .letter = 'H', .type = OPTION_TEXT, .value = "URL"},
    [USERS] = {.name = "users",
               .letter = 'u',
               .type = OPTION_INT,
               .value = "N",
               .preset = "1",
               .min = -5,
               .max = 100},
    [RATE] = {.name = "spawn-rate",
              .letter = 'r',
              .type = OPTION_NUMBER,
              .value = "RATE",
              .max = 10,
              .above_min = true},
    [TIME] = {.name = "run-time", .letter = 't', .type = OPTION_TIMESPAN, .value = "TIME"},
    [LEVEL] = {.name = "loglevel",
               .type = OPTION_CHOICE,
               .value = "LEVEL",
               .choices = levels,
               .n_choices = 2},
    [TAGS] = {.name = "tags", .letter = 'T', .type = OPTION_WORDS, .value = "TAG..."},
    [FILES] = {.name = "files", .letter = 'f', .type = OPTION_LIST, .value = "FILE[,FILE...]"},
    [RULES] = {.name = "rules", .type = OPTION_TEXTS, .value = "RULE"},
    [SETUP] = {.name = "setup", .type = OPTION_WORDS, .is_json = true, .value = "JSON..."},
    [TAIL] = {.name = "tail", .letter = 'l', .here_only = true},
    [LAST] = {.name = "last", .letter = 'h', .here_only = true, .ends_arguments = true},
};

static struct options o;
static struct err err;

/* Reads these arguments anew; 0 or -1. */
static int read_arguments(const char *const *argv)
{
    int argc = 0;

    while (argv[argc] != NULL)
        argc++;
    if (o.table != NULL)
        options_release(&o);
    err_clear(&err);
    options_init(&o, table, N);
    return options_read_arguments(&o, argc, (char *const *)argv, &err);
}
#define READ(...) read_arguments((const char *const[]){__VA_ARGS__, NULL})

static const char *joined(size_t which)
{
    static char text[256];
    size_t n;
    const char *const *list = options_list(&o, which, &n);

    text[0] = '\0';
    for (size_t i = 0; i < n; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? "|" : "", list[i]);
    return text;
}

TEST(defaults)
{
    CHECK_INT(read_arguments((const char *const[]){NULL}), 0);
    CHECK_INT(options_int(&o, USERS), 1);
    CHECK(!options_is_given(&o, USERS));
    CHECK(!options_flag(&o, VERBOSE));
    CHECK(options_text(&o, HOST) == NULL);
    CHECK_DOUBLE(options_number(&o, RATE), 0, 0);
    CHECK_TEXT(joined(TAGS), "");
}

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

TEST(wrong_values_say_what_was_expected)
{
    CHECK_INT(READ("-u", "abc"), -1);
    CHECK_TEXT(err.text, "--users: expected a whole number from -5 to 100, got 'abc'");
    CHECK_INT(READ("-u", "101"), -1);
    CHECK_TEXT(err.text, "--users: expected a whole number from -5 to 100, got '101'");
    CHECK_INT(READ("-u", "1.5"), -1);
    CHECK_INT(READ("--users="), -1);
    CHECK_TEXT(err.text, "--users: expected a whole number from -5 to 100, got ''");
    CHECK_INT(READ("-r", "0"), -1);
    CHECK_TEXT(err.text, "--spawn-rate: expected a number above 0, at most 10, got '0'");
    CHECK_INT(READ("-r", "11"), -1);
    CHECK_INT(READ("-r", "nan"), -1);
    CHECK_INT(READ("-r", "-1"), -1);
    CHECK_INT(READ("-t", "1.5m"), -1);
    CHECK_TEXT(err.text,
               "--run-time: expected a time in whole units, such as 90, 90s, 5m or 1h30m, "
               "got '1.5m'");
    CHECK_INT(READ("--loglevel", "loud"), -1);
    CHECK_TEXT(err.text, "--loglevel: expected one of DEBUG or INFO, got 'loud'");
    CHECK_INT(READ("-f", "a.lua,,b.lua"), -1);
    CHECK_TEXT(err.text, "--files: expected FILE[,FILE...], got 'a.lua,,b.lua'");
}

TEST(missing_values)
{
    CHECK_INT(READ("-u"), -1);
    CHECK_TEXT(err.text, "--users: its value is missing (expected a whole number from -5 to 100)");
    CHECK_INT(READ("--host", "--verbose"), -1);
    CHECK_TEXT(err.text, "--host: its value is missing (expected URL)");
    CHECK_INT(READ("--host", "--"), -1);
}

static const char *variable_name, *variable_value;
static char *get(const char *name)
{
    return strcmp(name, variable_name) == 0 ? (char *)variable_value : NULL;
}
static int read_variable(const char *name, const char *value)
{
    variable_name = name;
    variable_value = value;
    return options_read_environment(&o, get, &err);
}

TEST(variables_stand_below_the_command_line)
{
    CHECK_INT(READ("-u", "5"), 0);
    CHECK_INT(read_variable("KATYDID_USERS", "6"), 0);
    CHECK_INT(options_int(&o, USERS), 5);
    CHECK_INT(read_variable("KATYDID_USERS", "hidden, so not looked at"), 0);
    CHECK_INT(read_variable("KATYDID_SPAWN_RATE", "2.5"), 0);
    CHECK_DOUBLE(options_number(&o, RATE), 2.5, 0);
    CHECK_INT(read_variable("KATYDID_VERBOSE", "On"), 0);
    CHECK(options_flag(&o, VERBOSE));
    CHECK_INT(read_variable("KATYDID_TAGS", " a b,c "), 0);
    CHECK_TEXT(joined(TAGS), "a|b|c");
    CHECK_INT(read_variable("KATYDID_FILES", "x.lua,y.lua"), 0);
    CHECK_TEXT(joined(FILES), "x.lua|y.lua");
    CHECK_INT(read_variable("KATYDID_TAIL", "true"), 0);
    CHECK(!options_flag(&o, TAIL));
    CHECK_INT(read_variable("KATYDID_RUN_TIME", ""), 0);
    CHECK(!options_is_given(&o, TIME));
    CHECK_INT(read_variable("KATYDID_RUN_TIME", "soon"), -1);
    CHECK_TEXT(err.text, "KATYDID_RUN_TIME: expected a time in whole units, such as 90, 90s, 5m or "
                         "1h30m, got 'soon'");
}

TEST(lists_in_brackets)
{
    CHECK_INT(READ("w"), 0);
    CHECK_INT(read_variable("KATYDID_TAGS", "[\"a b\", \"c\"]"), 0);
    CHECK_TEXT(joined(TAGS), "a b|c");
    CHECK_INT(READ("w"), 0);
    CHECK_INT(read_variable("KATYDID_TAGS", "[a b, 'c']"), 0);
    CHECK_TEXT(joined(TAGS), "a b|c");
    CHECK_INT(READ("w"), 0);
    CHECK_INT(read_variable("KATYDID_TAGS", "[]"), 0);
    CHECK_TEXT(joined(TAGS), "");
    CHECK(options_is_given(&o, TAGS));
    CHECK_INT(read_variable("KATYDID_TAGS", "[1, 2]"), -1);
    CHECK_TEXT(err.text, "KATYDID_TAGS: expected TAG..., got '[1, 2]'");
    CHECK_INT(READ("w"), 0);
    CHECK_INT(read_variable("KATYDID_USERS", "[1, 2]"), -1);
    CHECK_TEXT(err.text, "KATYDID_USERS: takes one value, got the list [1, 2]");
    CHECK_INT(READ("--tags", "mine"), 0);
    CHECK_INT(read_variable("KATYDID_TAGS", "yours"), 0);
    CHECK_TEXT(joined(TAGS), "mine");
}

TEST(words_of_json_are_not_split)
{
    CHECK_INT(READ("--setup", "{\"a\": 1, \"b\": 2}", "c.json", "-u", "3"), 0);
    CHECK_TEXT(joined(SETUP), "{\"a\": 1, \"b\": 2}|c.json");
    CHECK_INT(READ("w"), 0);
    CHECK_INT(read_variable("KATYDID_SETUP", "{\"a\": 1, \"b\": 2}"), 0);
    CHECK_TEXT(joined(SETUP), "{\"a\": 1, \"b\": 2}");
    CHECK_INT(READ("w"), 0);
    CHECK_INT(read_variable("KATYDID_SETUP", "[{\"a\": 1}, {\"b\": 2}]"), 0);
    CHECK_TEXT(joined(SETUP), "[{\"a\": 1}, {\"b\": 2}]");
    CHECK_INT(READ("w"), 0);
    CHECK_INT(read_variable("KATYDID_SETUP", "[\"a.json\", \"b.json\"]"), 0);
    CHECK_TEXT(joined(SETUP), "a.json|b.json");
    CHECK_INT(READ("w"), 0);
    CHECK_INT(read_variable("KATYDID_SETUP", "[]"), 0);
    CHECK_TEXT(joined(SETUP), "");
}

TEST(texts_are_not_split)
{
    CHECK_INT(READ("--rules", "a b,c", "w", "--rules=[d]"), 0);
    CHECK_TEXT(joined(RULES), "a b,c|[d]");
    CHECK_INT(o.n_words, 1);
    CHECK_INT(READ("w"), 0);
    CHECK_INT(read_variable("KATYDID_RULES", "[::1]:80:a, b"), 0);
    CHECK_TEXT(joined(RULES), "[::1]:80:a, b");
    CHECK_INT(READ("w"), 0);
    CHECK_INT(read_variable("KATYDID_RULES", "[\"a,b\", \"c\"]"), 0);
    CHECK_TEXT(joined(RULES), "a,b|c");
    CHECK_INT(READ("--rules", "mine"), 0);
    CHECK_INT(read_variable("KATYDID_RULES", "[\"yours\"]"), 0);
    CHECK_TEXT(joined(RULES), "mine");
    CHECK_INT(READ("w"), 0);
    CHECK_INT(read_variable("KATYDID_RULES", "[1]"), -1);
    CHECK_TEXT(err.text, "KATYDID_RULES: expected RULE, got '[1]'");
    CHECK_INT(READ("--rules"), -1);
    CHECK_TEXT(err.text, "--rules: its value is missing (expected RULE)");
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

TEST(a_secret_is_not_shown)
{
    static const struct option secret[] = {
        {.name = "pin", .type = OPTION_INT, .value = "N", .max = 9999, .is_secret = true}};
    struct options hidden;
    struct err why = ERR_INIT;

    options_init(&hidden, secret, 1);
    CHECK_INT(options_set(&hidden, 0, OPTION_COMMAND_LINE, "--pin", STR("hunter2"), &why), -1);
    CHECK_TEXT(why.text, "--pin: expected a whole number from 0 to 9999, got '***'");
    why = (struct err)ERR_INIT;
    CHECK_INT(options_set_any(&hidden, 0, OPTION_COMMAND_LINE, "--pin", STR("[1, 2]"), &why), -1);
    CHECK_TEXT(why.text, "--pin: takes one value, got the list ***");
    options_release(&hidden);
}

TEST(as_json_for_scripts)
{
    char *text;
    json_t *all;

    CHECK_INT(READ("-r", "2.5", "--tags", "a", "-v", "-t", "90"), 0);
    all = options_json(&o);
    text = json_dumps(all, JSON_SORT_KEYS | JSON_COMPACT);
    CHECK_TEXT(text, "{\"run_time\":90,\"spawn_rate\":2.5,\"tags\":[\"a\"],\"tail\":false,"
                     "\"users\":1,\"verbose\":true}");
    free(text);
    json_decref(all);
}

int main(void)
{
    RUN(defaults);
    RUN(all_ways_to_give_a_value);
    RUN(flags_can_be_taken_back);
    RUN(lists_and_words);
    RUN(help_ends_the_reading);
    RUN(unknown_options_name_the_nearest);
    RUN(the_begin_of_a_name_where_it_is_taken);
    RUN(wrong_values_say_what_was_expected);
    RUN(missing_values);
    RUN(variables_stand_below_the_command_line);
    RUN(lists_in_brackets);
    RUN(words_of_json_are_not_split);
    RUN(texts_are_not_split);
    RUN(what_is_unknown_can_be_passed_over);
    RUN(a_secret_is_not_shown);
    RUN(as_json_for_scripts);
    options_release(&o);
    printf("%d passed, %d failed, %d skipped\n", check_passed, check_failed, check_skipped);
    return check_failed != 0;
}
