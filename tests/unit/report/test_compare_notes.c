/* test_compare_notes -- what is said of runs that are not alike. */
// SPDX-License-Identifier: MIT
#include "report/compare_notes.h"

#include "compare.h"

static bool has_note(const struct comparison *c, const char *text)
{
    for (size_t i = 0; i < c->n_notes; i++) {
        if (strcmp(c->notes[i], text) == 0)
            return true;
    }
    for (size_t i = 0; i < c->n_notes; i++)
        printf("  note: %s\n", c->notes[i]);
    return false;
}

static const struct scene quiet = {.names = 1, .slots = 4, .requests = 20, .median_ms = 30};

TEST(runs_that_are_alike_need_few_words)
{
    struct scene scenes[3] = {quiet, quiet, quiet};
    struct result *runs[3];
    struct rng rng;
    rng_init(&rng, 1, 0);
    struct comparison *c = act_and_compare(scenes, 3, &rng, &COMPARE_DEFAULTS, runs);
    CHECK_INT(c->n_notes, 0);
    comparison_free(c);
    c = compare_results((const struct result *const *)runs, 1, runs[1], &COMPARE_DEFAULTS);
    CHECK_INT(c->n_notes, 1);
    CHECK(str_starts(str_of(c->notes[0]), STR("With one run as base, ")));
    free_all(c, runs, 3);
}

TEST(differences_are_said_once)
{
    struct scene scenes[3] = {quiet, quiet, quiet};
    struct result *runs[3];
    struct rng rng;
    rng_init(&rng, 1, 0);
    scenes[2].slots = 2;
    comparison_free(act_and_compare(scenes, 3, &rng, &COMPARE_DEFAULTS, runs));
    for (size_t i = 0; i < 2; i++) {
        result_set_text(&runs[i]->host, "http://a");
        result_add_script(runs[i], "load/shop.lua", "aa", NULL);
        result_add_script(runs[i], "flows.lua", "cc", NULL);
        json_decref(runs[i]->options);
        runs[i]->options = json_pack("{s:i,s:f}", "users", 10, "spawn_rate", 2.5);
    }
    struct result *last = runs[2];
    result_set_text(&last->version, "9.9");
    result_set_text(&last->end, "signal");
    result_add_script(last, "/other/place/shop.lua", "bb", NULL);
    result_add_script(last, "more.lua", "", NULL);
    result_add_machine(last, "ci-7", "", "", 2);
    last->usage.is_doubtful = true;
    json_decref(last->options);
    last->options = json_pack("{s:i,s:f}", "users", 20, "spawn_rate", 2.5);
    struct comparison *c =
        compare_results((const struct result *const *)runs, 2, last, &COMPARE_DEFAULTS);
    CHECK(has_note(c, "Another host: http://a in the base, none in the new run"));
    CHECK(has_note(c, "Another version of Katydid: none in the base, 9.9 in the new run"));
    CHECK(has_note(c, "Another machine: none in the base, ci-7 in the new run"));
    CHECK(has_note(c, "Another load, users: 10 in the base, 20 in the new run"));
    CHECK(has_note(c, "Another duration: 40s in the base, 20s in the new run"));
    CHECK(has_note(c, "The script shop.lua is not the same as in the base"));
    CHECK(has_note(c, "The base had no script more.lua"));
    CHECK(has_note(c, "The new run had no script flows.lua"));
    CHECK(has_note(c, "The new run was ended by a signal"));
    CHECK(has_note(
        c, "The new run has response times that are partly Katydid's own: its process was busy"));
    CHECK(has_note(
        c, "The new run is too short to be compared: it has 2 slots of 10 s, and 3 are needed"));
    CHECK_INT(c->n_notes, 11);
    free_all(c, runs, 3);
}

TEST_MAIN(RUN(runs_that_are_alike_need_few_words); RUN(differences_are_said_once);)
