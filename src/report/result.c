/* result -- see result.h. */
// SPDX-License-Identifier: MIT
#include "report/result.h"

#include <stdlib.h>

#include "base/mem.h"

struct result *result_new(void)
{
    struct result *r = xcalloc(1, sizeof *r);
    char **texts[] = {&r->host, &r->profile, &r->version, &r->end, &r->exit_reason};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = xstrdup("");
    r->options = json_object();
    histogram_init(&r->usage.lag);
    return r;
}

void result_free(struct result *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < r->n_scripts; i++)
        free(r->scripts[i]);
    free(r->scripts);
    free(r->host);
    free(r->profile);
    free(r->version);
    free(r->end);
    free(r->exit_reason);
    json_decref(r->options);
    json_decref(r->task_ratio);
    threshold_rows_free(r->thresholds, r->n_thresholds);
    histogram_release(&r->usage.lag);
    if (r->owns_stats)
        stats_free(r->stats);
    free(r);
}

void result_set_text(char **place, const char *text)
{
    char *copy = xstrdup(text);

    free(*place);
    *place = copy;
}

void result_add_script(struct result *r, const char *path)
{
    r->scripts = xreallocarray(r->scripts, r->n_scripts + 1, sizeof *r->scripts);
    r->scripts[r->n_scripts++] = xstrdup(path);
}
