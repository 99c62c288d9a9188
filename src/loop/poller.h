/*
 * poller -- which of a loop's descriptors are ready: an epoll of their own, which libev watches as one.
 *
 * libev tells the last that became ready first: the one that has waited longest would wait longest again,
 * and times would spread that are all the same. Here they are told in the order in which they came, and
 * what the next ones will look at (`near` in loop/io.h) is fetched by the processor meanwhile.
 */
// SPDX-License-Identifier: MIT
#ifndef LOOP_POLLER_H
#define LOOP_POLLER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/epoll.h>

struct io;

#define POLLER_MOST 256 /* are collected at a time: the rest comes behind them */

/* Embedded in its loop. */
struct poller {
    int fd;            /* to be watched for reading */
    struct io **by_fd; /* whose a number is, for those that are watched; else NULL */
    size_t capacity;
    int n, at;
    struct epoll_event ready[POLLER_MOST]; /* those from `at` up to n were not told yet */
};

int poller_open(struct poller *p); /* 0, or -1 with errno */
void poller_close(struct poller *p);

/* Watches for IO_READ | IO_WRITE what was watched for `before`; 0: it isn't, or isn't any more. What was
 * collected of it before isn't told. Where the descriptor was closed meanwhile without a word, and its number is
 * another's that is watched, that one is left as it is. */
void poller_watch(struct poller *p, struct io *io, int fd, int before, int events);

/* Collects what is ready, without a wait, `most` or POLLER_MOST of them: how many. */
int poller_collect(struct poller *p, size_t most);
/* Tells up to `most` of what was collected. Whether something is left. */
bool poller_tell(struct poller *p, int most);

#endif
