/*
 * compare -- is a run slower than others were? By method and name, with what chance alone would do.
 *
 * Each figure of each name (requests a second, p50, p95, p99, share of failures) gets the interval in
 * which its change lies with 95% confidence, by Student's t with Welch's and Satterthwaite's degrees
 * of freedom (1946), of report/compare_sample's estimates. Several runs to compare with are several
 * looks at the same: how much they differ from each other, beyond what each by itself would explain,
 * is added for the new run too (random effects; DerSimonian and Laird, 1986; Kalibera and Jones,
 * "Rigorous benchmarking in reasonable time", 2013).
 *
 * The verdict is that of three-sided testing (Goeman, Solari and Stijnen, 2010). Worse or better: the
 * change is beyond the tolerance, and so surely that among all figures of the comparison together a
 * false one has a chance of 5% at most (Holm, 1979). No difference: the interval lies within the
 * tolerance. Too little data: neither can be said.
 *
 * In simulations of equal runs (tests/unit/report/test_compare.c) none to 1 of 100 comparisons raises a
 * false alarm with a tolerance of 5%, and 2 to 4 with none; with none, and slots whose neighbours
 * correlate by a half, 7.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_COMPARE_H
#define REPORT_COMPARE_H

#include "report/compare_sample.h"
#include "report/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* With this many points of failures more or less two runs are alike, where the tolerance isn't more. */
#define COMPARE_FAILURES_ALIKE 0.01

enum compare_verdict {
    COMPARE_TOO_LITTLE,
    COMPARE_ALIKE,
    COMPARE_BETTER,
    COMPARE_WORSE,
    COMPARE_VERDICTS
};

struct compare_settings {
    double tolerance;          /* of rates and times, a share of what they were: 0..1 */
    double failures_tolerance; /* a share of the requests, more or fewer than before: 0..1 */
    uint64_t seed;
};

/* One figure of one name. */
struct compare_cell {
    double base, new; /* as struct compare_estimate has values; NAN: none */
    bool has_interval;
    double change;    /* a share of base; of failures the difference */
    double low, high; /* of the change, 95% */
    double p;         /* of a change beyond the tolerance, corrected for all cells; 1 where none */
    enum compare_verdict verdict;
};

struct compare_row {
    const char *method, *name; /* both "": the total. Of the results */
    bool is_in_base, is_in_new;
    struct compare_cell cells[COMPARE_FIGURES]; /* of rows that are in both */
};

struct comparison {
    struct compare_settings settings;
    size_t n_bases;
    struct compare_row *rows; /* by name, then method; of several the total is the last */
    size_t n;
    size_t counts[COMPARE_VERDICTS]; /* of cells */
    char **notes;                    /* what is to be known of the runs: a sentence each; foreign */
    size_t n_notes;
};

/* All results have slots (stats->slots), and are borrowed for its life. */
struct comparison *compare_results(const struct result *const *bases, size_t n_bases,
                                   const struct result *new_one,
                                   const struct compare_settings *settings);
void comparison_free(struct comparison *c); /* NULL is fine */

/* Of all together: worse where anything is, else better, else no difference where anything could be said. */
enum compare_verdict comparison_verdict(const struct comparison *c);

const char *compare_verdict_name(enum compare_verdict verdict); /* "no difference" */
const char *compare_figure_name(enum compare_figure figure); /* "requests/s", "p95", "failures" */

/* The parts of it, for tests: one cell, of what the runs say; between is the variance between runs of
 * that figure elsewhere. Its p is not corrected yet, and its verdict not made. */
void compare_judge(struct compare_cell *cell, enum compare_figure figure,
                   const struct compare_estimate *bases, size_t n_bases,
                   const struct compare_estimate *new_one, double between,
                   const struct compare_settings *settings);
/* Corrects the p of all cells, and makes the verdicts; counts them. */
void compare_decide(struct comparison *c);

#endif
