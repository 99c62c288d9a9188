/* page -- what the tests of the page share: a run to be shown. */
// SPDX-License-Identifier: MIT
#ifndef TESTS_PAGE_H
#define TESTS_PAGE_H

#include "report/result.h"

#include "report.h"

#define STARTED 1000

/* 200 requests, of which one failed, in two seconds; the caller frees it. */
static inline struct result *page_run(void)
{
    struct result *r = result_new();

    r->stats = stats_new(STARTED, false);
    r->owns_stats = true;
    r->started_s = STARTED;
    r->ended_s = STARTED + 2;
    r->seed = 7;
    result_add_script(r, "flows/shop.lua", NULL, NULL);
    result_set_text(&r->end, "run time");
    result_set_text(&r->version, "1.2.3");
    for (int i = 1; i <= 200; i++)
        log_one(r->stats, "GET", i % 2 == 0 ? "/a" : "/b", i * 0.377,
                i == 100 ? "HTTPError('500')" : "", STARTED + (i > 100));
    for (int i = 0; i < 2; i++)
        stats_tick(r->stats, (uint64_t)(3 - i), STARTED + 1 + i);
    return r;
}

/* What stands at a path of names, "run.users"; NULL where there is nothing. */
static inline json_t *page_at(json_t *data, const char *path)
{
    struct str rest = str_of(path);

    while (data != NULL && rest.n > 0) {
        struct str part = str_cut(&rest, '.');
        char name[64];
        snprintf(name, sizeof name, "%.*s", STR_ARG(part));
        data = json_is_array(data) ? json_array_get(data, strtoul(name, NULL, 10))
                                   : json_object_get(data, name);
    }
    return data;
}

static inline const char *page_text_at(json_t *data, const char *path)
{
    const char *text = json_string_value(page_at(data, path));

    return text != NULL ? text : "(none)";
}

static inline double page_number_at(json_t *data, const char *path)
{
    json_t *value = page_at(data, path);

    return json_is_number(value) ? json_number_value(value) : NAN;
}

#endif
