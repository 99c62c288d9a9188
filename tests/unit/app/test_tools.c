/* test_tools -- what the commands in Lua are given. What they do is in tests/lua and tests/cli. */
// SPDX-License-Identifier: MIT
#include "app/tools.h"

#include <stdlib.h>
#include <unistd.h>

#include "app/options_arguments.h"

#include "../check.h"

static struct options o;
static struct err err;

/* What these arguments come to, as JSON with sorted keys; the error where they are wrong. */
static const char *given(const char *name, const char *const *argv)
{
    static char shown[512];
    const struct tool *tool = tools_find(name);
    json_t *all = NULL;
    int argc = 0;

    if (o.table != NULL)
        options_release(&o);
    err_clear(&err);
    while (argv[argc] != NULL)
        argc++;
    options_init(&o, tool->table, tool->n);
    if (options_read_arguments(&o, argc, (char *const *)argv, &err) == 0)
        all = tool->arguments(&o, &err);
    if (all == NULL)
        return err.text;
    char *text = json_dumps(all, JSON_SORT_KEYS | JSON_COMPACT);
    snprintf(shown, sizeof shown, "%s", text);
    free(text);
    json_decref(all);
    return shown;
}
#define GIVEN(name, ...) given(name, (const char *const[]){__VA_ARGS__, NULL})

TEST(all_of_them_have_a_name_and_help)
{
    CHECK(tools_at(0) != NULL);
    for (size_t i = 0; tools_at(i) != NULL; i++) {
        CHECK(tools_find(tools_at(i)->name) == tools_at(i));
        CHECK_TEXT(tools_at(i)->table[0].name, "help");
    }
    CHECK(tools_find("bicycle") == NULL);
}

TEST(check)
{
    CHECK_TEXT(GIVEN("check", "a.lua", "b"), "{\"scripts\":[\"a.lua\",\"b\"]}");
    CHECK_TEXT(
        given("check", (const char *const[]){NULL}),
        "no script was named, and there is no locustfile.lua here (katydid check SCRIPT.lua)");
    CHECK_TEXT(GIVEN("check", "--hepl"), "unknown option --hepl (did you mean --help?)");
}

TEST(new)
{
    CHECK_TEXT(GIVEN("new", "shop"), "{\"host\":\"http://127.0.0.1:8080\",\"name\":\"shop\"}");
    CHECK_TEXT(GIVEN("new", "shop", "-H", "x"), "{\"host\":\"x\",\"name\":\"shop\"}");
    CHECK_TEXT(given("new", (const char *const[]){NULL}),
               "the name of the new scenario is missing (katydid new shop)");
    CHECK_TEXT(GIVEN("new", "a", "b"), "expected one name, got another: 'b'");
}

int main(void)
{
    char folder[] = "/tmp/katydid-test-XXXXXX";

    if (mkdtemp(folder) == NULL || chdir(folder) < 0)
        return 1;
    RUN(all_of_them_have_a_name_and_help);
    RUN(check);
    RUN(new);
    options_release(&o);
    rmdir(folder);
    printf("%d passed, %d failed, %d skipped\n", check_passed, check_failed, check_skipped);
    return check_failed != 0;
}
