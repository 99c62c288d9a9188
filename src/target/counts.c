/* counts -- what the target has served. */
// SPDX-License-Identifier: MIT
#include "target/counts.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define uthash_malloc(n) xmalloc(n)
#include <uthash.h>

#include "stats/histogram.h"
#include "target/json.h"

#define PATHS 10000
#define STATUSES 600

struct route_count {
    char *method;
    struct str pattern;
    uint64_t count, gone, bytes_in, bytes_out;
    uint64_t statuses[STATUSES];
    struct histogram times;
    struct route_count *next;
};

struct status_count {
    int status;
    uint64_t count;
};

struct path_count {
    struct status_count *statuses;
    size_t n;
    UT_hash_handle hh;
    char name[]; /* "GET /path" */
};

struct counts {
    const struct clock *clock;
    uint64_t began_ns, accepted_before;
    uint64_t received, answered, dropped, gone, waiting, bytes_in, bytes_out, left_out;
    struct route_count *routes; /* a few dozen: those that are asked for often come first */
    struct path_count *paths;
    struct buf name; /* scratch */
};

struct counts *counts_new(const struct clock *clock)
{
    struct counts *c = xcalloc(1, sizeof *c);

    c->clock = clock;
    c->began_ns = clock_now_ns(clock);
    return c;
}

static void forget(struct counts *c)
{
    struct path_count *path, *after;

    HASH_ITER (hh, c->paths, path, after) {
        HASH_DEL(c->paths, path);
        free(path->statuses);
        free(path);
    }
    while (c->routes != NULL) {
        struct route_count *r = c->routes;

        c->routes = r->next;
        histogram_release(&r->times);
        free(r->method);
        free(r);
    }
}

void counts_free(struct counts *c)
{
    if (c == NULL)
        return;
    forget(c);
    buf_release(&c->name);
    free(c);
}

void counts_reset(struct counts *c, uint64_t accepted)
{
    forget(c);
    *c = (struct counts){
        .clock = c->clock,
        .began_ns = clock_now_ns(c->clock),
        .accepted_before = accepted,
        .received = c->waiting,
        .waiting = c->waiting,
        .name = c->name,
    };
}

void counts_receive(struct counts *c)
{
    c->received++;
    c->waiting++;
}

static struct route_count *route_of(struct counts *c, struct str method, struct str pattern)
{
    for (struct route_count **at = &c->routes; *at != NULL; at = &(*at)->next) {
        struct route_count *r = *at;

        if (r->pattern.p != pattern.p || !str_equal(str_of(r->method), method))
            continue;
        *at = r->next;
        r->next = c->routes;
        c->routes = r;
        return r;
    }
    struct route_count *r = xcalloc(1, sizeof *r);
    r->method = str_dup(method);
    r->pattern = pattern;
    histogram_init(&r->times);
    r->next = c->routes;
    c->routes = r;
    return r;
}

static void count_status(struct path_count *path, int status)
{
    for (size_t i = 0; i < path->n; i++) {
        if (path->statuses[i].status == status) {
            path->statuses[i].count++;
            return;
        }
    }
    path->statuses = xreallocarray(path->statuses, path->n + 1, sizeof *path->statuses);
    path->statuses[path->n++] = (struct status_count){status, 1};
}

static void count_path(struct counts *c, const struct served *what)
{
    struct path_count *path;

    buf_clear(&c->name);
    buf_add_str(&c->name, what->method);
    buf_add_char(&c->name, ' ');
    buf_add_str(&c->name, what->target);
    HASH_FIND(hh, c->paths, c->name.p, c->name.n, path);
    if (path == NULL) {
        if (HASH_COUNT(c->paths) >= PATHS) {
            c->left_out++;
            return;
        }
        path = xcalloc(1, sizeof *path + c->name.n + 1);
        memcpy(path->name, c->name.p, c->name.n);
        HASH_ADD_KEYPTR(hh, c->paths, path->name, c->name.n, path);
    }
    count_status(path, what->status);
}

void counts_add(struct counts *c, const struct served *what)
{
    struct route_count *r = route_of(c, what->method, what->pattern);

    c->waiting--;
    r->count++;
    r->bytes_in += what->bytes_in;
    c->bytes_in += what->bytes_in;
    if (what->status < 0) {
        r->gone++;
        c->gone++;
        return;
    }
    r->statuses[what->status < STATUSES ? what->status : 0]++;
    if (what->status == 0) {
        c->dropped++;
    } else {
        c->answered++;
        r->bytes_out += what->bytes_out;
        c->bytes_out += what->bytes_out;
        histogram_add(&r->times, ns_to_ms(what->took_ns));
    }
    count_path(c, what);
}

static json_t *statuses_json(const struct route_count *r)
{
    json_t *all = json_object();
    char name[16];

    for (int i = 0; i < STATUSES; i++) {
        if (r->statuses[i] == 0)
            continue;
        snprintf(name, sizeof name, "%d", i);
        json_object_set_new(all, name, json_integer((json_int_t)r->statuses[i]));
    }
    return all;
}

static json_t *times_json(const struct histogram *h)
{
    json_t *slots = json_array();
    uint64_t n;

    for (size_t i = histogram_next(h, 0, &n); i < HISTOGRAM_SLOTS; i = histogram_next(h, i + 1, &n))
        json_array_append_new(slots, json_pack("[f, I]", histogram_slot_low_ms(i), (json_int_t)n));
    return json_pack("{s:I, s:f, s:f, s:f, s:f, s:f, s:f, s:o}",                  //
                     "count", (json_int_t)h->count, "mean", histogram_average(h), //
                     "p50", histogram_percentile(h, 0.50),                        //
                     "p90", histogram_percentile(h, 0.90),                        //
                     "p95", histogram_percentile(h, 0.95),                        //
                     "p99", histogram_percentile(h, 0.99),                        //
                     "max", histogram_percentile(h, 1), "slots", slots);
}

static json_t *routes_json(const struct counts *c)
{
    json_t *all = json_array();

    for (const struct route_count *r = c->routes; r != NULL; r = r->next)
        json_array_append_new(all, json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:o}",   //
                                             "method", r->method, "pattern", r->pattern.p, //
                                             "count", (json_int_t)r->count,                //
                                             "gone", (json_int_t)r->gone,                  //
                                             "bytes_in", (json_int_t)r->bytes_in,          //
                                             "bytes_out", (json_int_t)r->bytes_out,        //
                                             "statuses", statuses_json(r), "times",        //
                                             times_json(&r->times)));
    return all;
}

static json_t *paths_json(const struct counts *c)
{
    json_t *all = json_object();
    char status[16];

    for (const struct path_count *path = c->paths; path != NULL; path = path->hh.next) {
        json_t *statuses = json_object();

        for (size_t i = 0; i < path->n; i++) {
            snprintf(status, sizeof status, "%d", path->statuses[i].status);
            json_object_set_new(statuses, status,
                                json_integer((json_int_t)path->statuses[i].count));
        }
        json_add(all, str_of(path->name), statuses);
    }
    return all;
}

void counts_add_json(const struct counts *c, struct counts_now now, struct buf *out)
{
    uint64_t ended = c->answered + c->dropped + c->gone;
    json_t *all =
        json_pack("{s:f, s:{s:I, s:I}, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:I}", //
                  "seconds", ns_to_s(clock_now_ns(c->clock) - c->began_ns),                     //
                  "connections", "open", (json_int_t)now.open,                                  //
                  "accepted", (json_int_t)(now.accepted - c->accepted_before),                  //
                  "received", (json_int_t)c->received, "waiting", (json_int_t)c->waiting,       //
                  "count", (json_int_t)ended, "answered", (json_int_t)c->answered,              //
                  "dropped", (json_int_t)c->dropped, "gone", (json_int_t)c->gone,               //
                  "bytes_in", (json_int_t)c->bytes_in, "bytes_out", (json_int_t)c->bytes_out,   //
                  "routes", routes_json(c), "paths", paths_json(c),                             //
                  "paths_left_out", (json_int_t)c->left_out);
    json_add_text(out, all);
    json_decref(all);
}
