/* test_options_toml -- the table [tool.katydid]. */
// SPDX-License-Identifier: MIT
#include "app/options_toml.h"

#include "../check.h"

enum { HEADLESS, HOST, USERS, RATE, TAGS, RULES, CONFIG, HELP, N };

static const struct option table[N] = {
    [HEADLESS] = {.name = "headless"},
    [HOST] = {.name = "host", .type = OPTION_TEXT, .value = "URL"},
    [USERS] = {.name = "users", .type = OPTION_INT, .value = "N", .max = 10000},
    [RATE] = {.name = "spawn-rate", .type = OPTION_NUMBER, .value = "RATE", .max = 10},
    [TAGS] = {.name = "tags", .type = OPTION_WORDS, .value = "TAG..."},
    [RULES] = {.name = "rules", .type = OPTION_TEXTS, .value = "RULE"},
    [CONFIG] = {.name = "config", .type = OPTION_TEXT, .value = "FILE", .not_in_files = true},
    [HELP] = {.name = "help", .here_only = true},
};

static struct options o;
static struct err err;

static int read_bytes(const char *text, size_t n)
{
    if (o.table != NULL)
        options_release(&o);
    err_clear(&err);
    options_init(&o, table, N);
    return options_toml_read_text(&o, str_make(text, n), "x.toml", OPTION_NAMED_FILE, &err);
}

static int read_text(const char *text)
{
    return read_bytes(text, strlen(text));
}

/* The error that these lines of our table are. */
static const char *error_of(const char *lines)
{
    char text[512];

    snprintf(text, sizeof text, "[tool.katydid]\n%s\n", lines);
    return read_text(text) < 0 ? err.text : "(none)";
}

/* The host that this value sets. */
static const char *host_of(const char *value)
{
    char text[512];

    snprintf(text, sizeof text, "[tool.katydid]\nhost = %s\n", value);
    return read_text(text) < 0 ? err.text : options_text(&o, HOST);
}

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

TEST(values_of_all_kinds)
{
    CHECK_INT(read_text("\xef\xbb\xbf# a remark\r\n"
                        "[tool.katydid] # ours\r\n"
                        "headless = true\r\n"
                        "users = 1_000 # many\r\n"
                        "spawn-rate = 2.5\r\n"
                        "\"host\" = 'http://a'\r\n"
                        "tags = [\"a b\", 'c', 7,\r\n  # between\r\n  \"d\", ]\r\n"
                        "rules = [ ]"),
              0);
    CHECK(options_flag(&o, HEADLESS));
    CHECK_INT(options_int(&o, USERS), 1000);
    CHECK_DOUBLE(options_number(&o, RATE), 2.5, 0);
    CHECK_TEXT(options_text(&o, HOST), "http://a");
    CHECK_TEXT(joined(TAGS), "a b|c|7|d");
    CHECK_TEXT(joined(RULES), "");
    CHECK(options_is_given(&o, RULES));
}

TEST(numbers)
{
    CHECK_INT(read_text("[tool.katydid]\nusers = 0x1F\nspawn-rate = +1e-1"), 0);
    CHECK_INT(options_int(&o, USERS), 31);
    CHECK_DOUBLE(options_number(&o, RATE), 0.1, 0);
    CHECK_INT(read_text("[tool.katydid]\nusers = 0b101"), 0);
    CHECK_INT(options_int(&o, USERS), 5);
    CHECK_INT(read_text("[tool.katydid]\nusers = 0o17"), 0);
    CHECK_INT(options_int(&o, USERS), 15);
}

TEST(strings_of_all_kinds)
{
    CHECK_TEXT(host_of("\"a\\tb\\\"c\\u00e9\\U0001F600\""), "a\tb\"c\xc3\xa9\xf0\x9f\x98\x80");
    CHECK_TEXT(host_of("'a\\tb'"), "a\\tb");
    CHECK_TEXT(host_of("\"\""), "");
    CHECK_TEXT(host_of("\"\"\"\na\n\"b\" \\\n   c\"\"\"\""), "a\n\"b\" c\"");
    CHECK_TEXT(host_of("'''a''b'''"), "a''b");
    CHECK_TEXT(host_of("\"\xe9\""), "x.toml:2: a string isn't UTF-8");
    CHECK_TEXT(host_of("\"a"), "x.toml:2: the string that begins in line 2 isn't closed");
    CHECK_TEXT(host_of("'''a\n''"), "x.toml:2: the string that begins in line 2 isn't closed");
    CHECK_TEXT(host_of("\"\\q\""), "x.toml:2: unknown escape \\q in a string");
    CHECK_TEXT(host_of("\"\\u12\""), "x.toml:2: expected 4 hexadecimal digits in an escape");
    CHECK_TEXT(host_of("\"\\ud800\""),
               "x.toml:2: an escape stands for no character that a text may hold");
    CHECK_TEXT(host_of("\"\\u0000\""),
               "x.toml:2: an escape stands for no character that a text may hold");
}

TEST(other_tables_count_for_nothing)
{
    CHECK_INT(read_text("title = \"x\"\n"
                        "when = 1979-05-27 07:32:00Z\n"
                        "[tool.other]\nusers = 3\nat = 07:32:00\n"
                        "nested = { a = 1, b.c = [1, [2]], \"d e\" = { } }\n"
                        "[[fruit]]\nname = \"apple\"\n"
                        "[tool.katydid]\nusers = 4\n"
                        "[tool.katydidx]\nusers = 5\n"),
              0);
    CHECK_INT(options_int(&o, USERS), 4);
}

TEST(the_table_may_be_written_otherwise)
{
    CHECK_INT(read_text("tool.katydid.users = 4\ntool . \"katydid\" . host = 'a'"), 0);
    CHECK_INT(options_int(&o, USERS), 4);
    CHECK_TEXT(options_text(&o, HOST), "a");
    CHECK_INT(read_text("[tool]\nkatydid = { users = 5, host = 'b' }"), 0);
    CHECK_INT(options_int(&o, USERS), 5);
    CHECK_TEXT(options_text(&o, HOST), "b");
}

TEST(no_table_is_an_error)
{
    CHECK_INT(read_text("[tool.locust]\nusers = 3\n"), -1);
    CHECK_TEXT(err.text, "x.toml: there is no table [tool.katydid]");
    CHECK_INT(read_text(""), -1);
    CHECK_INT(read_text("[tool.katydid]"), 0);
}

TEST(wrong_lines_say_where)
{
    CHECK_TEXT(error_of("\nuser = 3"), "x.toml:3: unknown key 'user' (did you mean 'users'?)");
    CHECK_TEXT(error_of("config = 'x'"), "x.toml:2: 'config' can't be set in a file");
    CHECK_TEXT(error_of("users = 3\nusers = 4"), "x.toml:3: users: it has a value already");
    CHECK_TEXT(error_of("users = 'many'"),
               "x.toml:2: users: expected a whole number from 0 to 10000, got 'many'");
    CHECK_TEXT(error_of("users = [1]"), "x.toml:2: users: takes one value, got the list [\"1\"]");
    CHECK_TEXT(error_of("users = 1979-05-27"),
               "x.toml:2: users: expected a whole number from 0 to 10000, got a date");
    CHECK_TEXT(error_of("users = { a = 1 }"),
               "x.toml:2: users: expected a whole number from 0 to 10000, got a table");
    CHECK_TEXT(error_of("tags = [[1]]"), "x.toml:2: tags: expected TAG..., got '[[\"1\"]]'");
    CHECK_TEXT(error_of("tags = [{ a = 1 }]"), "x.toml:2: tags: expected TAG..., got a table");
    CHECK_TEXT(error_of("host = http"), "x.toml:2: expected a value: texts stand in quotes");
    CHECK_TEXT(error_of("host = /a"), "x.toml:2: expected a value, got: /a");
    CHECK_TEXT(error_of("users = 3 4"), "x.toml:2: expected the end of the line behind the value");
    CHECK_TEXT(error_of("users 3"), "x.toml:2: expected '=' behind the key users");
    CHECK_TEXT(error_of("= 3"), "x.toml:2: expected `key = value`, got: = 3");
    CHECK_TEXT(error_of("tags = [1"), "x.toml:2: expected ',' or ']' in an array, got: ");
    CHECK_TEXT(error_of("x.y = 1"),
               "x.toml:2: x: the table [tool.katydid] holds no further tables");
    CHECK_TEXT(error_of("[tool.katydid.x]"),
               "x.toml:2: x: the table [tool.katydid] holds no further tables");
    CHECK_TEXT(error_of("[tool.katydid"), "x.toml:2: the header of a table isn't closed");
    CHECK_TEXT(error_of("[[tool.katydid]]"),
               "x.toml:2: [[tool.katydid]]: expected one table, [tool.katydid]");
}

TEST(depths_have_a_limit)
{
    char text[400] = "[tool.katydid]\nhost = ";

    memset(text + strlen(text), '[', 300);
    CHECK_INT(read_text(text), -1);
    CHECK_TEXT(err.text, "x.toml:2: arrays and tables are nested deeper than 32");
    CHECK_INT(read_text("a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a = 1"),
              -1);
    CHECK_TEXT(err.text, "x.toml:1: a key has more than 32 parts");
    CHECK_INT(read_bytes("[tool.katydid]\nhost = \0", 23), -1);
}

int main(void)
{
    RUN(values_of_all_kinds);
    RUN(numbers);
    RUN(strings_of_all_kinds);
    RUN(other_tables_count_for_nothing);
    RUN(the_table_may_be_written_otherwise);
    RUN(no_table_is_an_error);
    RUN(wrong_lines_say_where);
    RUN(depths_have_a_limit);
    options_release(&o);
    printf("%d passed, %d failed, %d skipped\n", check_passed, check_failed, check_skipped);
    return check_failed != 0;
}
