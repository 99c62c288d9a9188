/* test_script_options -- the options that scripts add, as rows of the table. */
// SPDX-License-Identifier: MIT
#include "app/script_options.h"

#include "app/run_options.h"
#include "../check.h"

static struct script_options *rows(const char *json)
{
    return script_options_new(json_loads(json, 0, NULL));
}

TEST(rows_stand_behind_the_program_s_own)
{
    struct script_options *s =
        rows("[{\"name\": \"items\", \"letter\": \"i\", \"type\": \"integer\", \"value\": \"N\","
             "  \"preset\": \"3\", \"help\": \"how many\"},"
             " {\"name\": \"size\", \"type\": \"choice\", \"value\": \"small|large\","
             "  \"choices\": [\"small\", \"large\"], \"help\": \"\", \"variable\": \"SIZE\","
             "  \"is_secret\": true}]");
    size_t n;
    const struct option *table = script_options_table(s, &n);

    CHECK_INT(n, RUN_OPTIONS + 2);
    CHECK_TEXT(table[OPT_USERS].name, "users");
    CHECK_TEXT(table[RUN_OPTIONS].name, "items");
    CHECK_INT(table[RUN_OPTIONS].letter, 'i');
    CHECK_INT(table[RUN_OPTIONS].type, OPTION_INT);
    CHECK_TEXT(table[RUN_OPTIONS].preset, "3");
    CHECK_INT(table[RUN_OPTIONS + 1].n_choices, 2);
    CHECK_TEXT(table[RUN_OPTIONS + 1].choices[1], "large");
    CHECK_TEXT(table[RUN_OPTIONS + 1].variable, "SIZE");
    CHECK(table[RUN_OPTIONS + 1].is_secret);
    CHECK(!table[RUN_OPTIONS].is_secret);
    script_options_free(s);
}

TEST(what_is_required_has_to_be_given_by_somebody)
{
    struct script_options *s =
        rows("[{\"name\": \"key\", \"type\": \"string\", \"value\": \"TEXT\","
             "  \"help\": \"\", \"is_required\": true}]");
    struct err err = ERR_INIT;
    struct options o;
    size_t n;
    const struct option *table = script_options_table(s, &n);

    options_init(&o, table, n);
    CHECK_INT(script_options_check(s, &o, &err), -1);
    CHECK_TEXT(err.text, "--key is missing: the script needs it (or KATYDID_KEY, or a line "
                         "'key = ...' in katydid.conf)");
    err = (struct err)ERR_INIT;
    CHECK_INT(options_set(&o, RUN_OPTIONS, OPTION_ENVIRONMENT, "KATYDID_KEY", STR("x"), &err), 0);
    CHECK_INT(script_options_check(s, &o, &err), 0);
    options_release(&o);
    script_options_free(s);
}

int main(void)
{
    RUN(rows_stand_behind_the_program_s_own);
    RUN(what_is_required_has_to_be_given_by_somebody);
    printf("%d passed, %d failed, %d skipped\n", check_passed, check_failed, check_skipped);
    return check_failed != 0;
}
