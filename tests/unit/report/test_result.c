/* test_result -- what is known of a run, empty and filled. */
// SPDX-License-Identifier: MIT
#include "report/result.h"

#include "../check.h"

TEST(an_empty_one_has_texts)
{
    struct result *r = result_new();

    CHECK_TEXT(r->host, "");
    CHECK_TEXT(r->end, "");
    CHECK_TEXT(r->exit_reason, "");
    CHECK(json_object_size(r->options) == 0);
    CHECK(r->stats == NULL);
    CHECK(r->usage.lag.count == 0);
    result_free(r);
    result_free(NULL);
}

TEST(texts_and_scripts_are_copies)
{
    struct result *r = result_new();
    char path[] = "a.lua";

    result_add_script(r, path, "ab12", NULL);
    result_add_script(r, "b.lua", NULL, "return 1");
    result_set_text(&r->host, path);
    path[0] = 'x';
    CHECK_INT(r->n_scripts, 2);
    CHECK_TEXT(r->scripts[0].path, "a.lua");
    CHECK_TEXT(r->scripts[0].sha256, "ab12");
    CHECK(r->scripts[0].text == NULL);
    CHECK_TEXT(r->scripts[1].sha256, "");
    CHECK_TEXT(r->scripts[1].text, "return 1");
    CHECK_TEXT(r->host, "a.lua");
    result_free(r);
}

TEST(machines_and_notes)
{
    struct result *r = result_new();
    char name[] = "ci-7";

    CHECK_INT(r->n_runs, 1);
    result_add_machine(r, name, "Linux 6.1 x86_64", "", 4);
    name[0] = 'x';
    CHECK_TEXT(r->machines[0].name, "ci-7");
    CHECK_INT(r->machines[0].cores, 4);
    result_add_note(r, "one");
    result_add_note(r, "two");
    result_add_note(r, "one");
    CHECK_INT(r->n_notes, 2);
    result_free(r);
}

TEST(owned_statistics_go_with_it)
{
    struct result *r = result_new();

    r->stats = stats_new(1000, false);
    r->owns_stats = true;
    stats_entry(r->stats, STR("GET"), STR("/"), 1000);
    result_free(r); // LeakSanitizer tells what is left
}

TEST_MAIN(RUN(an_empty_one_has_texts); RUN(texts_and_scripts_are_copies); RUN(machines_and_notes);
          RUN(owned_statistics_go_with_it);)
