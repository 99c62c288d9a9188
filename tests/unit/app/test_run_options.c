/* test_run_options -- what a run makes of command line, environment and files together. */
// SPDX-License-Identifier: MIT
#include "app/run_options.h"

#include <sys/stat.h>
#include <unistd.h>

#include "../check.h"

static struct options o;
static struct err err;
static char folder[64]; /* where the tests run */

static const char *variables[8][2];
static char *get(const char *name)
{
    for (size_t i = 0; i < 8 && variables[i][0] != NULL; i++)
        if (strcmp(name, variables[i][0]) == 0)
            return (char *)variables[i][1];
    return NULL;
}

static void write_file(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");

    if (f != NULL) {
        fputs(text, f);
        fclose(f);
    }
}

static void begin(void)
{
    if (o.table != NULL)
        options_release(&o);
    options_init(&o, run_options, RUN_OPTIONS);
    err_clear(&err);
    memset(variables, 0, sizeof variables);
    unlink("katydid.conf");
    unlink("other.conf");
    unlink("home/.katydid.conf");
    unlink(SCRIPT_DEFAULT);
}

static int read_arguments(const char *const *argv)
{
    int argc = 0;

    while (argv[argc] != NULL)
        argc++;
    const struct run_line line = {.argc = argc, .argv = (char *const *)argv, .get = get};
    return run_options_read(&o, &line, &err);
}
#define READ(...) read_arguments((const char *const[]){__VA_ARGS__, NULL})

static const char *scripts(void)
{
    static char text[256];
    size_t n;
    const char *const *list = options_list(&o, OPT_LOCUSTFILE, &n);

    text[0] = '\0';
    for (size_t i = 0; i < n; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? "|" : "", list[i]);
    return text;
}

TEST(words_are_scripts_or_classes)
{
    begin();
    CHECK_INT(READ("a.lua", "Shopper", "sub/b", "folder", "-f", "c.lua,d", "Admin"), 0);
    CHECK_TEXT(scripts(), "c.lua|d|a.lua|sub/b|folder");
    CHECK_INT(o.n_words, 2);
    CHECK_TEXT(o.words[0], "Shopper");
    CHECK_TEXT(o.words[1], "Admin");
}

TEST(words_behind_tags_are_tags)
{
    begin();
    CHECK_INT(READ("--tags", "one", "a.lua"), 0);
    CHECK_TEXT(scripts(), "");
    begin();
    CHECK_INT(READ("--tags", "one", "--", "a.lua"), 0);
    CHECK_TEXT(scripts(), "a.lua");
}

static const char *words(void)
{
    static char text[256];

    text[0] = '\0';
    for (size_t i = 0; i < o.n_words; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? "|" : "", o.words[i]);
    return text;
}

TEST(classes_by_variable_where_none_is_named)
{
    begin();
    variables[0][0] = "KATYDID_USER_CLASSES";
    variables[0][1] = " Reader  Buyer\tAdmin ";
    CHECK_INT(READ("a.lua"), 0);
    CHECK_TEXT(words(), "Reader|Buyer|Admin");
    begin();
    variables[0][0] = "KATYDID_USER_CLASSES";
    variables[0][1] = "Reader";
    CHECK_INT(READ("a.lua", "Buyer"), 0);
    CHECK_TEXT(words(), "Buyer");
}

TEST(the_default_script)
{
    begin();
    write_file(SCRIPT_DEFAULT, "");
    CHECK_INT(READ("--headless"), 0);
    CHECK_TEXT(scripts(), SCRIPT_DEFAULT);
    begin();
    write_file(SCRIPT_DEFAULT, "");
    CHECK_INT(READ("--headless", "a.lua"), 0);
    CHECK_TEXT(scripts(), "a.lua");
    begin();
    CHECK_INT(READ("--headless"), 0);
    CHECK_INT(run_options_check(&o, &err), -1);
    CHECK(strstr(err.text, "no script was named") != NULL);
}

TEST(precedence)
{
    begin();
    variables[0][0] = "HOME";
    variables[0][1] = "home";
    variables[1][0] = "KATYDID_USERS";
    variables[1][1] = "5";
    write_file("home/.katydid.conf", "users = 1\nspawn-rate = 1\nhost = home\nseed = 1\ncsv = h");
    write_file("katydid.conf", "users = 2\nspawn-rate = 2\nhost = folder\nseed = 2");
    write_file("other.conf", "users = 3\nspawn-rate = 3\nhost = other");
    CHECK_INT(READ("a.lua", "-r", "9", "--config", "other.conf"), 0);
    CHECK_DOUBLE(options_number(&o, OPT_SPAWN_RATE), 9, 0);
    CHECK_INT(options_int(&o, OPT_USERS), 5);
    CHECK_TEXT(options_text(&o, OPT_HOST), "other");
    CHECK_INT(options_int(&o, OPT_SEED), 2);
    CHECK_TEXT(options_text(&o, OPT_CSV), "h");
}

TEST(a_script_on_the_command_line_hides_others)
{
    begin();
    variables[0][0] = "KATYDID_LOCUSTFILE";
    variables[0][1] = "a.lua,b.lua";
    CHECK_INT(READ("--headless"), 0);
    CHECK_TEXT(scripts(), "a.lua|b.lua");
    begin();
    variables[0][0] = "KATYDID_LOCUSTFILE";
    variables[0][1] = "a.lua,b.lua";
    CHECK_INT(READ("c.lua"), 0);
    CHECK_TEXT(scripts(), "c.lua");
}

TEST(config_by_variable_and_a_missing_one)
{
    begin();
    write_file("other.conf", "users = 3");
    variables[0][0] = "KATYDID_CONFIG";
    variables[0][1] = "other.conf";
    CHECK_INT(READ("a.lua"), 0);
    CHECK_INT(options_int(&o, OPT_USERS), 3);
    begin();
    CHECK_INT(READ("a.lua", "--config", "nowhere.conf"), -1);
    CHECK(strstr(err.text, "nowhere.conf") != NULL);
}

TEST(help_reads_nothing_else)
{
    begin();
    write_file("katydid.conf", "nonsense = 1");
    CHECK_INT(READ("--help"), 0);
    CHECK(options_flag(&o, OPT_HELP));
    begin();
    write_file("katydid.conf", "nonsense = 1");
    CHECK_INT(READ("a.lua"), -1);
    CHECK_TEXT(err.text, "katydid.conf:1: unknown key 'nonsense'");
}

TEST(what_needs_what)
{
    begin();
    CHECK_INT(READ("a.lua"), 0);
    CHECK_INT(run_options_check(&o, &err), -1);
    CHECK(strstr(err.text, "--headless") != NULL);
    begin();
    CHECK_INT(READ("a.lua", "--headless", "--csv-full-history"), 0);
    CHECK_INT(run_options_check(&o, &err), -1);
    CHECK_TEXT(err.text, "--csv-full-history needs --csv PREFIX");
    begin();
    CHECK_INT(READ("a.lua", "--headless", "--csv-full-history", "--csv", "x"), 0);
    CHECK_INT(run_options_check(&o, &err), 0);
    begin();
    CHECK_INT(READ("a.lua", "--list"), 0);
    CHECK_INT(run_options_check(&o, &err), 0);
    begin();
    CHECK_INT(READ("a.lua", "--show-task-ratio-json"), 0);
    CHECK(run_options_only_look(&o));
    CHECK_INT(run_options_check(&o, &err), 0);
}

int main(void)
{
    snprintf(folder, sizeof folder, "/tmp/katydid-test-XXXXXX");
    if (mkdtemp(folder) == NULL || chdir(folder) < 0)
        return 1;
    mkdir("home", 0700);
    mkdir("folder", 0700);
    RUN(words_are_scripts_or_classes);
    RUN(words_behind_tags_are_tags);
    RUN(classes_by_variable_where_none_is_named);
    RUN(the_default_script);
    RUN(precedence);
    RUN(a_script_on_the_command_line_hides_others);
    RUN(config_by_variable_and_a_missing_one);
    RUN(help_reads_nothing_else);
    RUN(what_needs_what);
    begin();
    options_release(&o);
    rmdir("home");
    rmdir("folder");
    rmdir(folder);
    printf("%d passed, %d failed, %d skipped\n", check_passed, check_failed, check_skipped);
    return check_failed != 0;
}
