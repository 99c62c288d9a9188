/*
 * judge_again -- thresholds and exit code of a result, by its figures once more (`katydid report`).
 */
// SPDX-License-Identifier: MIT
#ifndef APP_JUDGE_AGAIN_H
#define APP_JUDGE_AGAIN_H

#include "app/options.h"
#include "base/err.h"
#include "report/result.h"

/*
 * Judges the result's own thresholds and those of the options (--threshold, rows of run_options), and
 * says how it ended: exit code and reason. What was seen only while the run lasted stays as it was
 * told then: windows, a crossing that ended the run, an exit code that the script set. Other windows,
 * and those of merged results, are of what was kept of each ten seconds. -1: a threshold that is none, or of a metric that isn't there.
 */
int judge_again(struct result *r, const struct options *o, struct err *err) ERR_CHECKED;

#endif
