/*
 * otlp -- the figures of a run, sent to a receiver of OpenTelemetry's: OTLP over HTTP, with a JSON body.
 *
 * A snapshot is taken every so often, and at the end. They are sent one after the other by the loop, and
 * wait where the receiver is slow, has gone, or asks for time (429, 502, 503, 504 with Retry-After): at
 * most OTLP_QUEUE of them, then the oldest is lost. Nothing of it is waited for by anybody, but for the
 * end of a run, which waits OTLP_END_NS for the last one. What is lost is counted, and said twice: when
 * it begins, and at the end how many there were.
 */
// SPDX-License-Identifier: MIT
#ifndef EXPORT_OTLP_H
#define EXPORT_OTLP_H

#include "export/otlp_settings.h"
#include "export/sampler.h"
#include "http/session.h"

#include <stdint.h>

#define OTLP_QUEUE 6
#define OTLP_TIMEOUT_S 10 /* for an answer */
#define OTLP_END_NS (5 * NS_PER_S)

struct otlp;

/* Begins with the run's loop; the first snapshot is taken after an interval. All are borrowed for its
 * life; the transport is HTTP's (http/transport.h). */
struct otlp *otlp_new(const struct otlp_settings *settings, const struct live_run *run,
                      struct transport *transport);
/* The run is over, and its loop still turns: one more snapshot is sent, and when that has been done, or
 * took too long, `then` is called from the loop. What waited to be sent is lost for the last one. */
void otlp_finish(struct otlp *o, void (*then)(void *self), void *self);
/* Says what was lost; to be called once, when nothing more will be sent. */
void otlp_tell(const struct otlp *o);
void otlp_free(struct otlp *o); /* NULL is fine */

/* How many snapshots were taken, and how many of them a receiver did not take. */
uint64_t otlp_taken(const struct otlp *o);
uint64_t otlp_lost(const struct otlp *o);

#endif
