/*
 * target -- the practice server: routes of known delay, size, status and fault, which counts what
 * it served. For learning, and the known truth of the tests.
 *
 * What it answers (JSON unless another type is named; {"error": "…"} with 400, 401 and 404):
 *
 *   GET  /                      this table, as text
 *   any  /delay/<ms>            {"delay_ms": ms} after so long; fractions are allowed
 *   any  /lognormal?median=&sigma=   the same, the time drawn from exp(N(ln median, sigma)); ms
 *   any  /uniform?min=&max=     the same, drawn evenly; ms
 *   any  /stall/<s>             the same, in seconds
 *   any  /drop                  no answer: the connection is closed
 *   any  /status/<code>         that status (200 to 599), with {"status": code} where a body may be
 *   any  /bytes/<n>             n bytes of application/octet-stream, at most 100 MB
 *   any  /chunked/<n>           n lines "chunk\n" as text/plain, chunked, at most 1,000,000
 *   any  /events/<n>            n server-sent events "tick", the first at once, each ?every= (1000) ms
 *                               after the one before, at most 1,000,000
 *   GET  /json                  {"name": "katydid", "list": [1, 2, 3], "nested": {"ok": true}}
 *   any  /echo                  {"method", "path", "target", "query": {name: value}, "headers":
 *                               {name: value}, "body"}; a header that comes twice is joined by ", ";
 *                               what isn't UTF-8 is shown with "?"
 *   any  /headers               {"headers": {…}}, as in /echo
 *   any  /redirect/<n>          to /redirect/<n-1>, from 0 on 200 {"redirects": "done"};
 *                               ?status= (302) of each hop, ?to= where the last one leads
 *   GET  /cookies               {"cookies": {name: value}}
 *   any  /cookies/set?a=b       sets each as a cookie (Path=/), 302 to /cookies
 *   GET  /basic-auth/<user>/<password>   {"authenticated": true, "user"} or 401 with WWW-Authenticate
 *
 *   the shop
 *   GET  /items                 {"items": [{"id", "name", "price"} × 20], "total": 1000}; ?page=
 *   GET  /items/<id>            {"id", "name", "price", "stock"} for 1 to 1000
 *   GET  /search?q=             {"q", "items": [{"id", "name", "price"} × at most 20]}
 *   POST /login                 {"user", "password"} -> {"user"} and the cookie `session`; any user and
 *                               password are right but an empty one and "wrong": 401
 *   GET  /cart                  {"items": [{"item", "quantity"}], "count"}
 *   POST /cart                  {"item": 1..1000, "quantity": 1..100} -> 201 and the cart; sets the
 *                               cookie `session` where there is none
 *   POST /orders                201 {"id", "count"} of the cart, which is empty then (or of a body
 *                               {"item", "quantity"}); 401 without login; 400 where nothing is ordered
 *
 *   a spam classifier
 *   POST /spam_detection_path   {"message": text} -> {"spam": bool, "score": 0..1}; 401 without
 *                               "Authorization: Bearer TOKEN" (any but "wrong")
 *   a model's API
 *   GET  /health                {"status": "ok"}
 *   POST /predict               {"age", "income", "tenure_months", "monthly_charges": numbers,
 *                               "contract": "month", "year" or "two-year"} -> {"prediction": "stay"
 *                               or "leave", "probability": 0..1}; 400 names the field that is
 *                               missing or wrong
 *   a film database
 *   GET  /api/status            {"status": "ok", "films": 500}
 *   GET  /api/films/<id>        {"id", "title", "year"} for 1 to 500
 *   GET  /api/films/title/<title>   the same, of the first film of that title: "The General",
 *                               "Metropolis", "Safety Last", "The Gold Rush", "Nosferatu", …
 *
 *   GET  /_counts               what was served (counts.h); ?reset=1 begins again after the answer
 *
 * A wrong method gives 405 with Allow, an unknown path 404; both are counted.
 */
// SPDX-License-Identifier: MIT
#ifndef TARGET_TARGET_H
#define TARGET_TARGET_H

#include "base/buf.h"
#include "base/err.h"
#include "loop/loop.h"

#include <stdint.h>

struct target;

struct target_options {
    const char *bind;                  /* "127.0.0.1" */
    uint16_t port;                     /* 0: any free one */
    double delay_min_ms, delay_max_ms; /* on top of each route's own; uniform */
    double error_rate;                 /* 0..1: so many answers are 500 instead */
    uint64_t seed;
    unsigned connections; /* at once; 15000 */
};

struct target *target_new(struct loop *loop, const struct target_options *options, struct err *err);
void target_free(struct target *t); /* NULL is fine */
uint16_t target_port(const struct target *t);

/* Adds the table of routes, one a line, for people. */
void target_add_routes(struct buf *out);

#endif
