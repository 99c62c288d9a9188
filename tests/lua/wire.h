/*
 * wire -- a transport without a network: what each request is answered is said by a function of the
 * spec, so that clients are tested by the virtual clock, exactly.
 */
// SPDX-License-Identifier: MIT
#ifndef TESTS_LUA_WIRE_H
#define TESTS_LUA_WIRE_H

#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "http/session.h"
#include "http/transport.h"
#include "loop/loop.h"
#include "loop/timer.h"
#include "script/lx.h"
#include "script/vm.h"

struct wire {
    struct transport transport; /* first: what is given is cast to a wire */
    struct vm *vm;
    struct loop *loop;
    int answer_ref; /* function(request) -> answer; LUA_NOREF: 200, and nothing in it */
    size_t n_requests;
    char *problem; /* what the function threw; the case fails with it */
};

struct transfer {
    struct wire *wire;
    struct transfer_sink sink;
    struct timer due;
    uint64_t start_ns;
    size_t given, step; /* bytes of the body: so far, at a time (0: all) */
    uint64_t every_ns;  /* between two of these */
    bool is_held, has_head;
    int status;
    struct buf reason, body, failure;
    struct http_headers headers;
};

static void transfer_free(struct transfer *x)
{
    timer_cancel(x->wire->loop, &x->due);
    buf_release(&x->reason);
    buf_release(&x->body);
    buf_release(&x->failure);
    http_headers_release(&x->headers);
    free(x);
}

/* Gives the next piece of the body. False: enough. */
static bool give_piece(struct transfer *x)
{
    struct str left = str_slice(buf_slice(&x->body), x->given, x->body.n);
    struct str piece = x->step > 0 ? str_slice(left, 0, x->step) : left;
    x->given += piece.n;
    return piece.n == 0 || x->sink.body(x->sink.self, piece);
}

static void tell_end(struct transfer *x, enum http_failure failure);

static void transfer_due(void *self)
{
    struct transfer *x = self;
    if (x->is_held)
        return; // wire_hold goes on
    if (x->failure.n > 0 && x->given == x->body.n) {
        tell_end(x, HTTP_OTHER);
        return;
    }
    if (!x->has_head)
        x->sink.head(x->sink.self, x->status, buf_slice(&x->reason), &x->headers);
    x->has_head = true;
    if (!give_piece(x))
        tell_end(x, HTTP_OTHER);
    else if (x->given == x->body.n && x->failure.n == 0)
        tell_end(x, HTTP_OK);
    else
        timer_start(x->wire->loop, &x->due, x->every_ns);
}

static void tell_end(struct transfer *x, enum http_failure failure)
{
    struct transfer_sink sink = x->sink;
    struct transfer_end end = {.failure = failure, .start_ns = x->start_ns, .was_sent = true};
    end.text = buf_slice(&x->failure);
    end.end_ns = loop_now_ns(x->wire->loop);
    end.timings.wait = ns_to_ms(end.end_ns - end.start_ns);
    sink.done(sink.self, &end);
    transfer_free(x);
}

/* All of it, or why it can't be read. [-0, +1, m] */
static void push_source(lua_State *L, struct http_body *source)
{
    struct buf all = BUF_INIT;
    struct err err = ERR_INIT;
    char bytes[1024];
    ptrdiff_t n;
    http_body_rewind(source);
    while ((n = http_body_read(source, bytes, sizeof bytes, &err)) > 0)
        buf_add(&all, bytes, (size_t)n);
    lx_push_str(L, n < 0 ? str_of(err.text) : buf_slice(&all));
    buf_release(&all);
}

/* Pushes what the function is told. [-0, +1, m] */
static void push_request(lua_State *L, const struct transfer_spec *spec)
{
    lua_newtable(L);
    lx_push_str(L, spec->method);
    lua_setfield(L, -2, "method");
    lx_push_str(L, spec->url);
    lua_setfield(L, -2, "url");
    if (spec->source != NULL) {
        push_source(L, spec->source);
        lua_setfield(L, -2, "body");
    } else if (spec->has_body) {
        lx_push_str(L, spec->body);
        lua_setfield(L, -2, "body");
    }
    lua_newtable(L);
    for (size_t i = 0; i < spec->headers->n; i++) {
        lx_push_str(L, http_headers_name(spec->headers, i));
        lx_push_str(L, http_headers_value(spec->headers, i));
        lua_rawset(L, -3);
    }
    lua_setfield(L, -2, "headers");
}

static void read_text(lua_State *L, const char *field, struct buf *into)
{
    lua_getfield(L, 1, field);
    if (!lua_isnil(L, -1))
        buf_add_cstr(into, luaL_checkstring(L, -1));
    lua_pop(L, 1);
}

/* answer, transfer -> seconds; reads what the function said. [-2, +1, e] */
static int read_answer(lua_State *L)
{
    struct transfer *x = lua_touserdata(L, 2);
    if (lua_isnil(L, 1)) {
        lua_newtable(L);
        lua_replace(L, 1);
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_getfield(L, 1, "status");
    x->status = (int)luaL_optinteger(L, -1, 200);
    read_text(L, "reason", &x->reason);
    read_text(L, "body", &x->body);
    read_text(L, "failure", &x->failure);
    lua_getfield(L, 1, "headers");
    for (int i = 1; lua_istable(L, -1) && i < (int)lua_objlen(L, -1); i += 2) {
        lua_rawgeti(L, -1, i);
        lua_rawgeti(L, -2, i + 1);
        http_headers_add(&x->headers, lx_check_str(L, -2), lx_check_str(L, -1));
        lua_pop(L, 2);
    }
    lua_getfield(L, 1, "step");
    x->step = (size_t)luaL_optinteger(L, -1, 0);
    lua_getfield(L, 1, "every");
    x->every_ns = s_to_ns(luaL_optnumber(L, -1, 0));
    lua_getfield(L, 1, "delay");
    lua_pushnumber(L, luaL_optnumber(L, -1, 0));
    return 1;
}

/* Seconds until the answer comes; -1: the function threw. */
static double ask(struct wire *w, struct transfer *x, const struct transfer_spec *spec,
                  struct err *err)
{
    lua_State *L = w->vm->L;
    double seconds = -1;
    lua_pushcfunction(L, read_answer);
    lua_rawgeti(L, LUA_REGISTRYINDEX, w->answer_ref);
    push_request(L, spec);
    struct sched_phase before = sched_begin_phase(w->vm->sched, "in what a spec answers");
    if (lx_call(L, 1, 1, NULL, err) < 0) {
        lua_pop(L, 1);
    } else {
        lua_pushlightuserdata(L, x);
        if (lx_call(L, 2, 1, NULL, err) == 0) {
            seconds = lua_tonumber(L, -1);
            lua_pop(L, 1);
        }
    }
    sched_end_phase(w->vm->sched, before);
    return seconds;
}

static struct transfer *wire_start(struct transport *t, struct http_session *s,
                                   const struct transfer_spec *spec,
                                   const struct transfer_sink *sink)
{
    struct wire *w = (struct wire *)t;
    struct transfer *x = xcalloc(1, sizeof *x);
    struct err err = ERR_INIT;
    double seconds = 0;
    (void)s;
    x->wire = w;
    x->sink = *sink;
    x->status = 200;
    x->start_ns = clock_now_ns(loop_clock(w->loop));
    http_headers_init(&x->headers);
    timer_init(&x->due, transfer_due, x);
    w->n_requests++;
    if (w->answer_ref != LUA_NOREF)
        seconds = ask(w, x, spec, &err);
    if (seconds < 0) {
        free(w->problem);
        w->problem = xstrdup(err.text);
        buf_add_cstr(&x->failure, err.text);
    }
    timer_start(w->loop, &x->due, s_to_ns(seconds));
    return x;
}

static bool wire_cancel(struct transfer *x)
{
    transfer_free(x);
    return true;
}

static void wire_hold(struct transfer *x, bool holds)
{
    x->is_held = holds;
    if (!holds && !timer_is_started(&x->due))
        timer_start(x->wire->loop, &x->due, 0);
}

static void wire_stop(struct transfer *x)
{
    tell_end(x, HTTP_OTHER);
}

static void wire_close_session(struct transport *t, struct http_session *s)
{
    (void)t;
    (void)s;
}

static int wire_check(struct transport *t, const struct http_settings *settings, struct err *err)
{
    (void)t;
    return settings->version == HTTP_VERSION_1_0 ? err_set(err, "this wire speaks no HTTP/1.0") : 0;
}

static void wire_free(struct transport *t)
{
    struct wire *w = (struct wire *)t;
    free(w->problem);
    free(w);
}

static struct wire *wire_new(struct loop *loop)
{
    struct wire *w = xcalloc(1, sizeof *w);
    w->transport = (struct transport){.start = wire_start,
                                      .cancel = wire_cancel,
                                      .hold = wire_hold,
                                      .stop = wire_stop,
                                      .close_session = wire_close_session,
                                      .check = wire_check,
                                      .free = wire_free};
    w->loop = loop;
    w->answer_ref = LUA_NOREF;
    return w;
}

/* From now on requests are answered by the function on top of the stack, or (nil) as at first.
 * [-1, +0, m] */
static void wire_answer(struct wire *w, lua_State *L)
{
    luaL_unref(L, LUA_REGISTRYINDEX, w->answer_ref);
    w->answer_ref = lua_isnil(L, -1) ? (lua_pop(L, 1), LUA_NOREF) : luaL_ref(L, LUA_REGISTRYINDEX);
}

#endif
