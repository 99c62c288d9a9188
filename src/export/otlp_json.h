/*
 * otlp_json -- a snapshot as the body of an OTLP export: ExportMetricsServiceRequest, in protobuf's
 * JSON (64-bit integers as strings, names in lowerCamelCase, enums as numbers).
 *
 * Sums and histograms are cumulative, from the start of the test or its last reset: what is lost on the
 * way is made up for by the next one. Histograms have the bounds of report/snapshot.
 *
 * The text is made a point at a time, as snapshots are, for the loop that drives users.
 */
// SPDX-License-Identifier: MIT
#ifndef EXPORT_OTLP_JSON_H
#define EXPORT_OTLP_JSON_H

#include "base/buf.h"
#include "export/otlp_settings.h"
#include "report/snapshot.h"

#include <stdbool.h>
#include <stddef.h>

/* Embedded in its owner; all zero is one at rest. */
struct otlp_writer {
    const struct snapshot *snapshot; /* borrowed until it is whole */
    struct buf text;
    size_t metric, point; /* the next one */
    size_t metric_at;     /* where the present one begins in the text */
    bool has_metric;      /* one has a point already */
    bool has_point;       /* the present one has */
};

/* Begins anew. */
void otlp_begin(struct otlp_writer *w, const struct snapshot *s,
                const struct otlp_settings *settings);
/* One more point; true: it is whole, and stands in `text`. */
bool otlp_step(struct otlp_writer *w);
void otlp_release(struct otlp_writer *w);

#endif
