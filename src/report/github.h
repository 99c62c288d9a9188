/*
 * github -- a run's verdict as GitHub's annotations: workflow commands on standard output.
 *
 * For each threshold that was crossed, each exception and each kind of failure an error, which points at
 * the line of Lua where it is known: that which threw, or which made the request. What did not fail the
 * run is a warning: failures where thresholds alone judge, thresholds that were not judged beside others
 * that were crossed. GitHub
 * shows ten of each in a step; so many are written in all, the errors first.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_GITHUB_H
#define REPORT_GITHUB_H

#include "base/buf.h"
#include "base/str.h"
#include "report/result.h"

#define GITHUB_ANNOTATIONS 10

/* Lines; nothing where there is nothing to tell. `root` is the folder of the checkout, with a slash at
 * its end, and `here` the present one, likewise: paths in annotations are relative to root. Either may
 * be "": paths are then as they are. */
void github_add_annotations(struct buf *out, const struct result *r, const char *root,
                            const char *here);

/* The one line that says why a run could not start; where it begins with a line of a script, it points there. */
void github_add_error(struct buf *out, struct str text, const char *root, const char *here);

#endif
