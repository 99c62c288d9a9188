/* test_options -- values, variables and lists against a small table. */
// SPDX-License-Identifier: MIT
#include "app/options.h"

#include "../check.h"
#include "options_rows.h"

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
    RUN(wrong_values_say_what_was_expected);
    RUN(variables_stand_below_the_command_line);
    RUN(lists_in_brackets);
    RUN(words_of_json_are_not_split);
    RUN(texts_are_not_split);
    RUN(a_secret_is_not_shown);
    RUN(as_json_for_scripts);
    options_release(&o);
    printf("%d passed, %d failed, %d skipped\n", check_passed, check_failed, check_skipped);
    return check_failed != 0;
}
