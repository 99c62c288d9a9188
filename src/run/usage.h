/*
 * usage -- CPU and the lag of our own loop: are the figures to be trusted?
 *
 * The lag at a moment of the test is for how long the loop was away then: busy with a turn's work, or
 * late for a timer. What happens meanwhile is noticed up to that much late, and measured as the
 * server's. So moments are counted, not turns: of a microsecond each, with the lag that they had, and
 * 0 while the loop waits. Its 99th percentile is over 5 ms when more than a hundredth of the time was
 * spent in pieces longer than that.
 *
 * Measured is a test from test_start to test_stopping, also while users are created, since the requests
 * of that time count as well; --reset-stats begins anew. By a virtual clock there is no lag.
 */
// SPDX-License-Identifier: MIT
#ifndef RUN_USAGE_H
#define RUN_USAGE_H

#include "base/buf.h"
#include "loop/loop.h"
#include "run/hooks.h"
#include "stats/histogram.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define USAGE_LIMIT_NS (5 * NS_PER_MS)     /* of a lag and of a pause */
#define USAGE_LIMIT_SHARE 0.01             /* of the time, in pieces over the limit */
#define USAGE_LIMIT_TIME_NS (NS_PER_S / 5) /* and in all: less is a hiccup of the machine */

#define USAGE_PLACE 160
#define USAGE_BUSY_SHARE 0.95      /* of a core, in a second, is busy */
#define USAGE_BUSY_S 5             /* so many seconds in a row are marked */
#define USAGE_FEW_DESCRIPTORS 0.05 /* of the limit: few are left */

/* The longest of its kind. */
struct usage_peak {
    uint64_t ns;             /* 0: there was none */
    double at_s;             /* of the test, when it was over */
    size_t users;            /* at that time */
    char place[USAGE_PLACE]; /* the script's line that ran, "shop.lua:12"; "": nobody knows */
};

/* When the thread of the loop used all of a core, for USAGE_BUSY_S or more. */
struct usage_busy {
    double from_s, to_s;      /* of the test: the longest time */
    double all_s;             /* all such times together */
    unsigned times;           /* how many there were; 0: none */
    double streak_s, since_s; /* of the one that goes on */
    uint64_t last_ns, last_cpu_ns;
};

/* Embedded in its owner. The figures stay after the end of the test, for whoever reports them. */
struct usage {
    struct loop *loop;
    size_t (*count_users)(void *self);
    void *count_self;
    bool is_on;
    uint64_t start_ns, end_ns; /* of the test, or of what counts of it; end_ns: 0 while it lasts */
    uint64_t start_cpu_ns, cpu_ns; /* cpu_ns: what this thread used, known at the end */
    struct histogram lag;          /* ms; a count is a microsecond of the test */
    uint64_t held_ns;              /* in pieces over the limit */
    uint64_t brief_ns;             /* of work in pieces within it */
    struct usage_peak lag_peak;
    struct usage_peak pause_peak; /* of Lua's collector, which is part of the lag as well */
    char place[USAGE_PLACE];      /* of the piece that goes on */
    struct usage_busy busy;
    uint64_t descriptors_limit; /* how many the process may have; 0: not known */
    uint64_t most_descriptors;  /* of the times when it was looked at */
    bool has_told_descriptors;
    uint64_t no_descriptors, no_ports; /* requests that failed because these had run out */
};

/* Watches the loop from test_start to test_stopping. Loop and hooks are borrowed for its life. */
void usage_init(struct usage *u, struct loop *loop, struct hooks *hooks);
void usage_release(struct usage *u);
/* Whom to ask for the number of users when a peak is noted; NULL: nobody, and it is 0. */
void usage_set_count(struct usage *u, size_t (*count_users)(void *self), void *self);
/* How many descriptors the process may have, so that once a second it is seen how many are left. */
void usage_set_descriptors(struct usage *u, uint64_t limit);

/* The collector has held all users up for so long. Nothing while no test runs. */
void usage_add_pause(struct usage *u, uint64_t ns);
/* Where a script is that holds the loop up: told in the midst of the piece that it makes. */
void usage_note_place(struct usage *u, const char *place);
/* A request has failed because the process may open no more files, or no port was left. Told of the
 * first of each test in the log. */
void usage_add_no_descriptor(struct usage *u);
void usage_add_no_port(struct usage *u);
/* So many descriptors are open. Where few are left it is told in the log, once a test, before requests
 * fail for it. */
void usage_add_descriptors(struct usage *u, uint64_t n);
/* A second or so is over, in which so much of a processor was used: as the hook `second` tells it. */
void usage_add_second(struct usage *u, double seconds, double cpu_s);
/* A turn of the loop: as loop_watch tells it. */
void usage_add_turn(struct usage *u, const struct loop_times *times);

double usage_lag_ms(const struct usage *u);    /* its 99th percentile, by now */
double usage_run_s(const struct usage *u);     /* how long the test lasted, or lasts */
double usage_cpu_share(const struct usage *u); /* of one core, when the test is over */
double usage_held_share(const struct usage *u);
/* Whether the long pieces were work of this process, not waits for something else: what it used of the
 * processor is more than the short ones can have used. */
bool usage_held_is_ours(const struct usage *u);

/* Whether response times are to be doubted: usage_lag_is_high for the share of time, usage_pause_is_high
 * for a single piece. */
bool usage_lag_is_high(const struct usage *u);
bool usage_pause_is_high(const struct usage *u);
/* When a core was busy; nothing if it wasn't. No verdict: whoever never waits uses all that there is. */
void usage_add_busy(struct buf *out, const struct usage *u);
/* Which line of the script held all users up longest, where the lag is high and it is known. */
void usage_add_line(struct buf *out, const struct usage *u);
/* Says so in the log, with the figures and what can be done; of a healthy test the figures alone, and
 * only at --loglevel DEBUG. Nothing of one that never began. */
void usage_tell(const struct usage *u);

#endif
