/* compare_notes -- what is to be known of runs before their figures are compared. */
// SPDX-License-Identifier: MIT
#include "report/compare_notes.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "report/compare_slots.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DURATION_APART 0.1 /* of the longer one */

/* Options that make another load. */
static const char *const options[] = {"users",         "spawn_rate",   "iterations",
                                      "tags",          "exclude_tags", "classes",
                                      "equal_weights", "stop_timeout"};

static void add_note(struct comparison *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Once, however many runs it is true of. */
static void add_note(struct comparison *c, const char *format, ...)
{
    struct buf text = BUF_INIT;
    va_list args;
    va_start(args, format);
    buf_addv(&text, format, args);
    va_end(args);
    size_t i = 0;
    while (i < c->n_notes && strcmp(c->notes[i], buf_cstr(&text)) != 0)
        i++;
    if (i == c->n_notes) {
        c->notes = xrealloc(c->notes, (c->n_notes + 1) * sizeof *c->notes);
        c->notes[c->n_notes++] = buf_detach(&text);
    }
    buf_release(&text);
}

/* Nothing where they are the same. */
static void note_texts(struct comparison *c, const char *what, const char *base,
                       const char *new_one)
{
    if (strcmp(base, new_one) != 0)
        add_note(c, "%s: %s in the base, %s in the new run", what, *base != '\0' ? base : "none",
                 *new_one != '\0' ? new_one : "none");
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* The hash of the script of that name; NULL: there is no such script. */
static const char *hash_of(const struct result *r, const char *path)
{
    for (size_t i = 0; i < r->n_scripts; i++) {
        if (strcmp(file_name(r->scripts[i].path), file_name(path)) == 0)
            return r->scripts[i].sha256;
    }
    return NULL;
}

static void note_scripts(struct comparison *c, const struct result *base,
                         const struct result *new_one)
{
    for (size_t i = 0; i < new_one->n_scripts; i++) {
        const struct result_script *s = &new_one->scripts[i];
        const char *hash = hash_of(base, s->path);
        if (hash == NULL)
            add_note(c, "The base had no script %s", file_name(s->path));
        else if (*hash != '\0' && *s->sha256 != '\0' && strcmp(hash, s->sha256) != 0)
            add_note(c, "The script %s is not the same as in the base", file_name(s->path));
    }
    for (size_t i = 0; i < base->n_scripts; i++) {
        if (hash_of(new_one, base->scripts[i].path) == NULL)
            add_note(c, "The new run had no script %s", file_name(base->scripts[i].path));
    }
}

/* A JSON value as a text; the caller frees it. */
static char *shown(const json_t *value)
{
    if (json_is_string(value))
        return xstrdup(json_string_value(value));
    return value != NULL ? json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(6))
                         : xstrdup("");
}

static void note_options(struct comparison *c, const struct result *base,
                         const struct result *new_one)
{
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        char *a = shown(json_object_get(base->options, options[i]));
        char *b = shown(json_object_get(new_one->options, options[i]));
        char *what = xasprintf("Another load, %s", options[i]);
        note_texts(c, what, a, b);
        free(what);
        free(a);
        free(b);
    }
}

static void note_duration(struct comparison *c, const struct result *base,
                          const struct result *new_one)
{
    double a = base->ended_s - base->started_s, b = new_one->ended_s - new_one->started_s;
    if (fabs(a - b) <= DURATION_APART * fmax(a, b))
        return;
    struct buf base_time = BUF_INIT, new_time = BUF_INIT;
    text_add_duration(&base_time, a);
    text_add_duration(&new_time, b);
    note_texts(c, "Another duration", buf_cstr(&base_time), buf_cstr(&new_time));
    buf_release(&base_time);
    buf_release(&new_time);
}

static const char *machine_of(const struct result *r)
{
    return r->n_machines > 0 ? r->machines[0].name : "";
}

/* What one run by itself makes doubtful. */
static void note_run(struct comparison *c, const struct result *r, bool is_new)
{
    struct compare_slots slots;
    const char *which = is_new ? "The new run" : "A run of the base";
    compare_slots_choose(&slots, r->stats);
    if (slots.batches < COMPARE_BATCHES_LEAST)
        add_note(c, "%s is too short to be compared: it has %zu slot%s of %u s, and %d are needed",
                 which, slots.batches, slots.batches == 1 ? "" : "s", r->stats->slots->seconds,
                 COMPARE_BATCHES_LEAST);
    if (r->usage.is_doubtful)
        add_note(c, "%s has response times that are partly Katydid's own: its process was busy",
                 which);
    if (strcmp(r->end, "signal") == 0)
        add_note(c, "%s was ended by a signal", which);
}

void compare_add_notes(struct comparison *c, const struct result *const *runs, size_t n)
{
    const struct result *new_one = runs[n - 1];
    for (size_t i = 0; i < n; i++)
        note_run(c, runs[i], i + 1 == n);
    for (size_t i = 0; i + 1 < n; i++) {
        note_scripts(c, runs[i], new_one);
        note_texts(c, "Another host", runs[i]->host, new_one->host);
        note_options(c, runs[i], new_one);
        note_duration(c, runs[i], new_one);
        note_texts(c, "Another version of Katydid", runs[i]->version, new_one->version);
        note_texts(c, "Another machine", machine_of(runs[i]), machine_of(new_one));
    }
    if (n == 2)
        add_note(
            c,
            "With one run as base, what differs from run to run by chance can't be told from what "
            "the new one changed: give several (katydid compare BASE1 BASE2 BASE3 NEW)");
}
