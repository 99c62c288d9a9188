/*
 * load_performance -- the figures of a run as GitLab compares them in a merge request
 * (`--load-performance`, for artifacts:reports:load_performance): the shape of k6's summary export.
 *
 * Times are milliseconds. k6's waiting and duration are both the response time. Where a script has no
 * checks, each request is one, passed where it didn't fail: GitLab shows their share.
 *
 * The script's own metrics stand beside these by their names; one that has a name of k6's gives way.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_LOAD_PERFORMANCE_H
#define REPORT_LOAD_PERFORMANCE_H

#include "base/buf.h"
#include "report/result.h"

void load_performance_add(struct buf *out, const struct result *r);

#endif
