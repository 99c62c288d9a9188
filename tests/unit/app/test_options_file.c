/* test_options_file -- the lines of katydid.conf. */
// SPDX-License-Identifier: MIT
#include "app/options_file.h"

#include <unistd.h>

#include "../check.h"

enum { HEADLESS, HOST, USERS, TAGS, CONFIG, HELP, N };

static const struct option table[N] = {
    [HEADLESS] = {.name = "headless"},
    [HOST] = {.name = "host", .type = OPTION_TEXT, .value = "URL"},
    [USERS] = {.name = "users", .type = OPTION_INT, .value = "N", .max = 100},
    [TAGS] = {.name = "exclude-tags", .type = OPTION_WORDS, .value = "TAG..."},
    [CONFIG] = {.name = "config", .type = OPTION_TEXT, .value = "FILE", .not_in_files = true},
    [HELP] = {.name = "help", .here_only = true},
};

static struct options o;
static struct err err;

static int read_text(const char *text)
{
    if (o.table != NULL)
        options_release(&o);
    err_clear(&err);
    options_init(&o, table, N);
    return options_file_read_text(&o, str_of(text), "x.conf", OPTION_FOLDER_FILE, &err);
}

/* The host that this line sets; its error where it is wrong. */
static const char *host_of(const char *line)
{
    const char *host;

    if (read_text(line) < 0)
        return err.text;
    host = options_text(&o, HOST);
    return host != NULL ? host : "(none)";
}

static const char *tags_of(const char *line)
{
    static char text[256];
    size_t n;

    if (read_text(line) < 0)
        return err.text;
    text[0] = '\0';
    const char *const *list = options_list(&o, TAGS, &n);
    for (size_t i = 0; i < n; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? "|" : "", list[i]);
    return text;
}

TEST(forms_of_a_line)
{
    CHECK_TEXT(host_of("host = http://a"), "http://a");
    CHECK_TEXT(host_of("host=http://a"), "http://a");
    CHECK_TEXT(host_of("host: http://a"), "http://a");
    CHECK_TEXT(host_of("host http://a"), "http://a");
    CHECK_TEXT(host_of("--host http://a"), "http://a");
    CHECK_TEXT(host_of("--host=http://a"), "http://a");
    CHECK_TEXT(host_of("  \thost\t=\thttp://a\t \r\n"), "http://a");
    CHECK_TEXT(host_of("\xef\xbb\xbfhost = http://a"), "http://a");
    CHECK_TEXT(host_of("host = http://a\nhost = http://b\n"), "http://b");
}

TEST(quotes_and_remarks)
{
    CHECK_TEXT(host_of("host = 'a b' # why"), "a b");
    CHECK_TEXT(host_of("host = \" a # b \""), " a # b ");
    CHECK_TEXT(host_of("host = \"\""), "");
    CHECK_TEXT(host_of("host = http://a/#top"), "http://a/#top");
    CHECK_TEXT(host_of("host = http://a # http://b"), "http://a");
    CHECK_TEXT(host_of("host = http://a\t; http://b"), "http://a");
    CHECK_TEXT(host_of("host = # nothing"), "(none)");
    CHECK_TEXT(host_of("host ="), "(none)");
    CHECK_TEXT(host_of("host = 'a"), "x.conf:1: the quote isn't closed");
    CHECK_TEXT(host_of("host = 'a' b"), "x.conf:1: something stands behind the closing quote");
}

TEST(lines_that_count_for_nothing)
{
    CHECK_INT(read_text("\n# host = a\n; host = b\n[section]\n--- \n\nusers = 3"), 0);
    CHECK_INT(options_int(&o, USERS), 3);
    CHECK(!options_is_given(&o, HOST));
    CHECK_INT(read_text(""), 0);
}

TEST(flags)
{
    CHECK_INT(read_text("headless"), 0);
    CHECK(options_flag(&o, HEADLESS));
    CHECK_INT(read_text("headless # yes"), 0);
    CHECK(options_flag(&o, HEADLESS));
    CHECK_INT(read_text("headless = YES"), 0);
    CHECK(options_flag(&o, HEADLESS));
    CHECK_INT(read_text("headless: off"), 0);
    CHECK(!options_flag(&o, HEADLESS));
    CHECK_INT(read_text("\nheadless = maybe"), -1);
    CHECK_TEXT(err.text, "x.conf:2: headless: expected true or false, got 'maybe'");
}

TEST(lists)
{
    CHECK_TEXT(tags_of("exclude-tags = a b"), "a|b");
    CHECK_TEXT(tags_of("exclude-tags = [a, b c]"), "a|b c");
    CHECK_TEXT(tags_of("exclude-tags = [\"a\", \"b c\"] # two"), "a|b c");
    CHECK_TEXT(tags_of("exclude-tags = a\nexclude-tags = b"), "a|b");
}

TEST(wrong_lines_say_where)
{
    CHECK_INT(read_text("\n\nuser = 3\n"), -1);
    CHECK_TEXT(err.text, "x.conf:3: unknown key 'user' (did you mean 'users'?)");
    CHECK_INT(read_text("bicycle = 3"), -1);
    CHECK_TEXT(err.text, "x.conf:1: unknown key 'bicycle'");
    CHECK_INT(read_text("users = 1000"), -1);
    CHECK_TEXT(err.text, "x.conf:1: users: expected a whole number from 0 to 100, got '1000'");
    CHECK_INT(read_text("users"), -1);
    CHECK_TEXT(err.text, "x.conf:1: users: its value is missing");
    CHECK_INT(read_text("users = [1, 2]"), -1);
    CHECK_TEXT(err.text, "x.conf:1: users: takes one value, got the list [1, 2]");
    CHECK_INT(read_text("= 3"), -1);
    CHECK_TEXT(err.text, "x.conf:1: expected `key = value`, got: = 3");
    CHECK_INT(read_text("config = other.conf"), -1);
    CHECK_TEXT(err.text, "x.conf:1: 'config' can't be set in a file");
    CHECK_INT(read_text("help"), -1);
    CHECK_TEXT(err.text, "x.conf:1: 'help' can't be set in a file");
}

TEST(ranks_decide_and_not_the_order)
{
    CHECK_INT(read_text("users = 1\nhost = low"), 0);
    CHECK_INT(options_file_read_text(&o, STR("users = 2"), "y", OPTION_NAMED_FILE, &err), 0);
    CHECK_INT(options_file_read_text(&o, STR("users = 3"), "z", OPTION_HOME_FILE, &err), 0);
    CHECK_INT(options_int(&o, USERS), 2);
    CHECK_TEXT(options_text(&o, HOST), "low");
}

TEST(files)
{
    char path[] = "/tmp/katydid-test-XXXXXX";
    int fd = mkstemp(path);

    CHECK(fd >= 0);
    CHECK_INT(write(fd, "users = 7\n", 10), 10);
    close(fd);
    CHECK_INT(read_text(""), 0);
    CHECK_INT(options_file_read(&o, path, OPTION_NAMED_FILE, &err), 0);
    CHECK_INT(options_int(&o, USERS), 7);
    unlink(path);
    CHECK_INT(options_file_read(&o, path, OPTION_NAMED_FILE, &err), -1);
    CHECK(strstr(err.text, path) != NULL);
}

int main(void)
{
    RUN(forms_of_a_line);
    RUN(quotes_and_remarks);
    RUN(lines_that_count_for_nothing);
    RUN(flags);
    RUN(lists);
    RUN(wrong_lines_say_where);
    RUN(ranks_decide_and_not_the_order);
    RUN(files);
    options_release(&o);
    printf("%d passed, %d failed, %d skipped\n", check_passed, check_failed, check_skipped);
    return check_failed != 0;
}
