/*
 * packed -- a response in one block of memory.
 *
 * A copy of everything, in one block. So a response can be one userdata: the collector knows what it
 * weighs, and has nothing to finalize. It is made for each request, so what most requests have in common,
 * or don't have, takes no room: those of http/quick keep the lengths of their texts alone, which stand one
 * behind the other. Of either kind the rest is read as a struct packed_rest.
 */
// SPDX-License-Identifier: MIT
#ifndef SCRIPT_PACKED_H
#define SCRIPT_PACKED_H

#include "base/str.h"
#include "http/exchange.h"
#include "http/quick.h"
#include "http/request.h"
#include "http/response.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece of the bytes behind the struct; `at` 0: not set, which is told from empty. */
struct piece {
    uint32_t at, n;
};

struct packed_hop {
    int status;
    struct piece method, url, headers;
};

/* Who decides about a response, and what. */
enum verdict {
    VERDICT_NONE,    /* nobody is asked: it is counted by its status, or counted already */
    VERDICT_OPEN,    /* a handler runs, and has not decided yet */
    VERDICT_SUCCESS, /* it said that all is well */
    VERDICT_FAILURE, /* it said why not: l_response keeps the text */
};

/* What a response begins with: all that most scripts look at. */
struct packed {
    const void *type; /* first; l_response's: tells its userdata from others */
    int status;
    unsigned char verdict;            /* l_response's */
    bool has_own;                     /* l_response's: the userdata has an environment of its own */
    bool is_short;                    /* private: of http/quick */
    bool replaces;                    /* private: packed_rest's, of a short one */
    double start_s, response_time_ms; /* since the epoch; from there on */
};

/* All else; what has an address of its own is read by the functions below. */
struct packed_rest {
    enum http_failure failure;
    uint32_t target; /* where path and query begin in request_url */
    double wait_ms, receive_ms;
    uint64_t length;
    struct piece failure_text, reason, url, body, hops;
    struct piece request_method, request_url, request_body;
    struct piece headers;
    /* Behind those of every request, which compress says, or (`replaces`) instead of them. */
    struct piece request_headers;
    bool replaces;
    enum http_compress compress;
    struct piece setup;  /* dns, connect, tls in ms: three doubles; not set: all 0 */
    struct piece method; /* as the statistics have it; not set: that of the request */
    struct piece name;   /* in the statistics; not set: path and query */
};

/* What the statistics call it, where that isn't its own method, path and query: empty is not set. */
struct packed_label {
    struct str method, name;
};

/* A body of so many bytes isn't packed: it is one string of Lua's from the start, so that it is copied but
 * once where a script reads it. */
#define PACKED_BODY_MAX 2048

/* How many bytes it takes at most. */
size_t packed_size(const struct http_response *r, const struct packed_label *label);
/* Writes it; `to` has so many bytes. */
void packed_copy(struct packed *to, const struct http_response *r,
                 const struct packed_label *label);

/* A response of http/quick, for the same. */
struct packed_quick {
    const struct exchange_base *base;
    struct str path;
    const struct http_headers *headers; /* that were sent, as http_quick has them */
    bool adds;
    const struct quick_answer *answer;
    double start_s, response_time_ms;
};
size_t packed_quick_size(const struct packed_quick *q, const struct packed_label *label);
void packed_quick_copy(struct packed *to, const struct packed_quick *q,
                       const struct packed_label *label);

/* Its rest: borrowed from the block, or written into *room. */
const struct packed_rest *packed_rest(const struct packed *r, struct packed_rest *room);

/* What the statistics need of a response besides its times. Borrowed from the block. */
struct packed_count {
    struct str method, name; /* as they call it */
    uint64_t length;         /* bytes */
};
struct packed_count packed_count(const struct packed *r);

/* Borrowed from the block. Empty where the piece isn't set. */
struct str packed_text(const struct packed *r, struct piece piece);
struct str packed_target(const struct packed *r, const struct packed_rest *rest);
struct transfer_timings packed_timings(const struct packed *r, const struct packed_rest *rest);
/* The header that begins at *at, which moves on: 0 at first. False: there is none. */
bool packed_next_header(const struct packed *r, struct piece headers, size_t *at, struct str *name,
                        struct str *value);
struct packed_hop packed_hop_at(const struct packed *r, struct piece hops, size_t i); /* below n */

#endif
