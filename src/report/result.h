/*
 * result -- all that is known of a run when it is over.
 *
 * What every final report is made of, and nothing else: so that a report of a run that has just ended
 * and one that is made again from a file are the same. Texts are never NULL; what is not known is "".
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_RESULT_H
#define REPORT_RESULT_H

#include "base/buf.h"
#include "base/err.h"
#include "run/threshold_row.h"
#include "stats/histogram.h"
#include "stats/stats.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The loop of the process that made the load: are the figures to be trusted? */
struct result_usage {
    double run_s;         /* how long was measured */
    double cpu_share;     /* of one core: 0..1 */
    struct histogram lag; /* ms; a count is a microsecond of the test, as run/usage has it */
    double lag_peak_ms, lag_peak_at_s;
    double pause_peak_ms;              /* of Lua's collector */
    uint64_t no_descriptors, no_ports; /* requests that failed because these had run out */
    bool is_doubtful;                  /* response times may be too long for reasons of our own */
};

struct result_script {
    char *path;   /* as it was given */
    char *sha256; /* of its content, hex */
    char *text;   /* its content; NULL: not kept */
};

/* Where the load came from. */
struct result_machine {
    char *name;   /* of the host */
    char *system; /* "Linux 6.1.0 x86_64" */
    char *cpu;    /* its model */
    unsigned cores;
};

struct result {
    struct result_script *scripts; /* those that were named, and what they loaded */
    size_t n_scripts;
    struct result_machine *machines; /* several: of merged results */
    size_t n_machines;
    unsigned n_runs; /* of how many it was merged; 1 */
    char **notes;    /* what is to be known before figures are compared: a sentence each */
    size_t n_notes;
    char *commit;              /* of the repository, as the CI system names it */
    char *host;                /* the base URL, without credentials */
    char *profile;             /* --profile */
    char *version;             /* of Katydid */
    json_t *libraries;         /* object: name -> version */
    double started_s, ended_s; /* wall time of the test */
    uint64_t seed;
    json_t *options;    /* object: name -> value as it held, secrets hidden */
    json_t *task_ratio; /* as --show-task-ratio-json has it; NULL: none */
    char *end;          /* why it ended: "run time", "signal", ... */
    bool is_cut_short;  /* a signal ended it before its time */
    bool has_own_code;  /* the script set the exit code */
    int exit_code;
    char *exit_reason; /* where no other figure tells why it isn't 0 */
    struct threshold_row *thresholds;
    size_t n_thresholds;
    struct result_usage usage;
    struct stats *stats;
    bool owns_stats; /* result_free frees them */
};

/* All empty, without statistics. */
struct result *result_new(void);
void result_free(struct result *r); /* NULL is fine */

/* Replaces one of its texts by a copy. */
void result_set_text(char **place, const char *text);
/* sha256 and text may be NULL: not known, not kept. All are copied. */
void result_add_script(struct result *r, const char *path, const char *sha256, const char *text);
void result_add_machine(struct result *r, const char *name, const char *system, const char *cpu,
                        unsigned cores);
/* Once, if it comes again. */
void result_add_note(struct result *r, const char *note);

/* A report of it, as `add` makes it, as a file: whole or not at all. Errors name the path. */
int result_write(const char *path, const struct result *r,
                 void (*add)(struct buf *out, const struct result *r), struct err *err) ERR_CHECKED;

#endif
