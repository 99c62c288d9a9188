/* result -- see result.h. */
// SPDX-License-Identifier: MIT
#include "report/result.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

struct result *result_new(void)
{
    struct result *r = xcalloc(1, sizeof *r);
    char **texts[] = {&r->host, &r->profile, &r->version, &r->commit, &r->end, &r->exit_reason};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = xstrdup("");
    r->options = json_object();
    r->libraries = json_object();
    r->n_runs = 1;
    histogram_init(&r->usage.lag);
    return r;
}

static void free_lists(struct result *r)
{
    for (size_t i = 0; i < r->n_scripts; i++) {
        free(r->scripts[i].path);
        free(r->scripts[i].sha256);
        free(r->scripts[i].text);
    }
    for (size_t i = 0; i < r->n_machines; i++) {
        free(r->machines[i].name);
        free(r->machines[i].system);
        free(r->machines[i].cpu);
    }
    for (size_t i = 0; i < r->n_notes; i++)
        free(r->notes[i]);
    free(r->scripts);
    free(r->machines);
    free(r->notes);
}

void result_free(struct result *r)
{
    if (r == NULL)
        return;
    free_lists(r);
    free(r->commit);
    free(r->host);
    free(r->profile);
    free(r->version);
    free(r->end);
    free(r->exit_reason);
    json_decref(r->options);
    json_decref(r->libraries);
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

void result_add_script(struct result *r, const char *path, const char *sha256, const char *text)
{
    r->scripts = xreallocarray(r->scripts, r->n_scripts + 1, sizeof *r->scripts);
    r->scripts[r->n_scripts++] = (struct result_script){
        .path = xstrdup(path),
        .sha256 = xstrdup(sha256 != NULL ? sha256 : ""),
        .text = text != NULL ? xstrdup(text) : NULL,
    };
}

void result_add_machine(struct result *r, const char *name, const char *system, const char *cpu,
                        unsigned cores)
{
    r->machines = xreallocarray(r->machines, r->n_machines + 1, sizeof *r->machines);
    r->machines[r->n_machines++] = (struct result_machine){
        .name = xstrdup(name), .system = xstrdup(system), .cpu = xstrdup(cpu), .cores = cores};
}

void result_add_note(struct result *r, const char *note)
{
    for (size_t i = 0; i < r->n_notes; i++)
        if (strcmp(r->notes[i], note) == 0)
            return;
    r->notes = xreallocarray(r->notes, r->n_notes + 1, sizeof *r->notes);
    r->notes[r->n_notes++] = xstrdup(note);
}

int result_write(const char *path, const struct result *r,
                 void (*add)(struct buf *out, const struct result *r), struct err *err)
{
    struct buf text = BUF_INIT;

    add(&text, r);
    int rc = file_write(path, buf_slice(&text), err);
    buf_release(&text);
    return rc;
}
