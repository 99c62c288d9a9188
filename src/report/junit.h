/*
 * junit -- JUnit's XML (`--junit`), as GitLab, Jenkins and others read it: a suite for the run.
 *
 * A case for each threshold (class: the script; name: the threshold as it was written), a failure where
 * it was crossed, an error where it could not be judged; and one for the run itself, named JUNIT_RUN,
 * which says what else the exit code tells. Its time is that of the run, in seconds; thresholds take
 * none. What the console shows stands in system-out.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_JUNIT_H
#define REPORT_JUNIT_H

#include "base/buf.h"
#include "report/result.h"

#define JUNIT_RUN "the run"

void junit_add(struct buf *out, const struct result *r);

#endif
