/*
 * l_fetch -- katydid.core.http.fetch: a request from its start to its response, for those that most are.
 *
 * A fetch yields to the scheduler by itself, and is counted when its response is pushed: so the usual
 * request is one call of C. Nothing of it is Lua's until then: a user's session has room for one, and a
 * user who has several under way gets memory for each.
 */
// SPDX-License-Identifier: MIT
#include "script/l_http.h"

#include "base/mem.h"
#include "script/core.h"
#include "script/lx.h"

#include <stdlib.h>

static void request_done(void *self, struct http_request *request)
{
    const struct fetch *f = self;
    (void)request;
    sched_wake(f->task);
}

static void forget(struct fetch *f)
{
    http_request_free(f->request);
    f->request = NULL;
    if (f == &f->session->fetch)
        return;
    buf_release(&f->label);
    free(f);
}

/* The user ended. What was sent is counted nowhere else. */
static void cancel(void *op)
{
    struct fetch *f = op;
    http_request_cancel(f->request);
    if (http_request_was_sent(f->request))
        f->session->vm->options.stats->in_flight_at_end++;
    forget(f);
}

/* The answer has come: the response, counted unless somebody judges it first. */
static int push(void *op, lua_State *L)
{
    struct fetch *f = op;
    struct vm *vm = f->session->vm;
    const struct task *task = f->task;
    const struct http_response *r = http_request_response(f->request);
    const char *p = f->label.p;
    const struct packed_label label = {str_make(p, f->method_n),
                                       str_make(p + f->method_n, f->label.n - f->method_n)};
    bool is_judged = f->is_judged;
    l_count_own_limit(vm, r->failure);
    bool fits = l_response_push(L, vm->response_type, r, &label);
    forget(f);
    struct packed *response = lua_touserdata(L, -1);
    if (!fits)
        lua_pushboolean(L, false); // it was sent: nobody sends it again
    else if (is_judged)
        response->verdict = VERDICT_OPEN;
    else
        l_count_by_status(vm, task, response);
    return 1;
}

/* set_base(session, url or nil) -> boolean */
int l_set_base(lua_State *L)
{
    struct session_box *session = l_session_check(L, 1);
    struct bases *bases = session->vm->bases;
    session->base = lua_isnoneornil(L, 2) ? NULL : bases_get(bases, lx_check_str(L, 2));
    lua_pushboolean(L, session->base != NULL);
    return 1;
}

static struct fetch *take(struct session_box *session)
{
    struct fetch *f = &session->fetch;
    if (f->request != NULL)
        f = xcalloc(1, sizeof *f);
    f->session = session;
    return f;
}

static void keep_label(struct fetch *f, struct str recorded, struct str name)
{
    if (f->label.n > 0)
        buf_clear(&f->label);
    f->method_n = recorded.n;
    if (recorded.n > 0)
        buf_add_str(&f->label, recorded);
    if (name.n > 0)
        buf_add_str(&f->label, name);
}

enum argument { SESSION = 1, PATH, METHOD, RECORDED, NAME, OPTIONS, JUDGED };
enum upvalue { READER = 3, WAIT };

static struct str text_at(lua_State *L, int arg)
{
    struct str s = STR_EMPTY;
    const char *p = lua_tolstring(L, arg, &s.n);
    return p != NULL ? str_make(p, s.n) : STR_EMPTY;
}

/* What most calls don't have. False: the options are for the long way. */
static bool read_rest(lua_State *L, struct http_spec *spec, struct str *recorded, struct str *name)
{
    spec->method = text_at(L, METHOD);
    spec->follow_redirects = !str_equal(spec->method, STR("HEAD"));
    *recorded = text_at(L, RECORDED);
    *name = text_at(L, NAME);
    return lua_isnoneornil(L, OPTIONS) ||
           quick_reader_read(lua_touserdata(L, lua_upvalueindex(READER)), L, OPTIONS, spec, name);
}

/* fetch(session, path [, method, recorded, name, options, judged]) -> after a wait nil and the
 * response, or false where that is larger than Lua can hold; or STOP; nothing where this is for the
 * long way */
int l_fetch(lua_State *L)
{
    struct session_box *session = l_session_check(L, SESSION);
    struct vm *vm = session->vm;
    struct task *task = sched_current(vm->sched);
    struct str recorded = STR_EMPTY, name = STR_EMPTY;
    bool is_plain = lua_gettop(L) == PATH;
    struct http_spec spec = {
        .method = STR("GET"),
        .url = text_at(L, PATH),
        .base = session->base,
        .follow_redirects = true,
        .max_redirects = HTTP_REDIRECTS_DEFAULT,
        .settings = {.connect_s = HTTP_TIMEOUT_DEFAULT_S,
                     .read_s = HTTP_TIMEOUT_DEFAULT_S,
                     .verify = true},
    };
    bool goes = task != NULL && !task->stop_pending && spec.base != NULL &&
                exchange_is_plain_path(spec.url) && lua_isyieldable(L) &&
                (is_plain || read_rest(L, &spec, &recorded, &name));
    if (!goes)
        return 0;
    if (task->cancel != NULL)
        sched_abandon(task); // a request that it started and never waited for
    struct fetch *f = take(session);
    f->task = task;
    f->is_judged = !is_plain && lua_toboolean(L, JUDGED);
    keep_label(f, recorded, name);
    f->request = http_request_start(vm->options.loop, session->session, &spec, request_done, f);
    sched_park_for(task, cancel, push, f);
    lua_pushvalue(L, lua_upvalueindex(WAIT));
    return lua_yield(L, 1);
}
