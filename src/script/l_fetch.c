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
#include <string.h>

static void request_done(void *self, struct http_request *request)
{
    const struct fetch *f = self;
    (void)request;
    sched_wake(f->task);
}

static void forget(struct fetch *f)
{
    http_quick_done(&f->quick, &f->session->session);
    http_request_free(f->request);
    f->request = NULL;
    f->task = NULL;
    if (f == &f->session->fetch)
        return;
    buf_release(&f->texts);
    free(f);
}

/* The user ended. What was sent is counted nowhere else. */
static void cancel(void *op)
{
    struct fetch *f = op;
    bool was_sent;
    if (f->request == NULL) {
        was_sent = http_quick_cancel(&f->quick, &f->session->session);
    } else {
        http_request_cancel(f->request);
        was_sent = http_request_was_sent(f->request);
    }
    if (was_sent)
        f->session->vm->options.stats->in_flight_at_end++;
    forget(f);
}

static const char *texts_of(const struct fetch *f)
{
    return f->path_n + f->method_n + f->name_n <= sizeof f->few ? f->few : f->texts.p;
}

static struct packed_label label_of(const struct fetch *f)
{
    const char *p = texts_of(f) + f->path_n;
    return (struct packed_label){str_make(p, f->method_n), str_make(p + f->method_n, f->name_n)};
}

static struct str path_of(const struct fetch *f)
{
    return str_make(texts_of(f), f->path_n);
}

/* A response, counted unless somebody judges it first. */
static void count(const struct fetch *f, struct packed *response)
{
    if (f->is_judged)
        response->verdict = VERDICT_OPEN;
    else
        l_count_by_status(f->session->vm, f->task, response);
}

/* The answer has come, of an ordinary request: the response. */
static int push(void *op, lua_State *L)
{
    struct fetch *f = op;
    struct vm *vm = f->session->vm;
    const struct http_response *r = http_request_response(f->request);
    const struct packed_label label = label_of(f);
    l_count_own_limit(vm, r->failure);
    if (l_response_push(L, vm->response_type, r, &label))
        count(f, lua_touserdata(L, -1));
    else
        lua_pushboolean(L, false); // it was sent: nobody sends it again
    forget(f);
    return 1;
}

/* The same of a quick one: its response is made where its bytes are. */
static void answered(struct http_quick *q, const struct quick_answer *answer)
{
    struct fetch *f = (struct fetch *)q;
    struct vm *vm = f->session->vm;
    struct task *task = f->task;
    const struct packed_label label = label_of(f);
    const struct packed_quick packed = {
        .base = f->base,
        .path = path_of(f),
        .headers = q->headers,
        .adds = q->adds,
        .answer = answer,
        .start_s = clock_wall_at_s(loop_clock(vm->options.loop), answer->start_ns),
        .response_time_ms = ns_to_ms(answer->end_ns - answer->start_ns),
    };
    lua_pushnil(task->co);
    count(f, l_response_push_quick(task->co, vm->response_type, &packed, &label));
    forget(f);
    sched_wake_with(task, 1);
}

static const struct http_spec usual = {
    .method = {"GET", 3},
    .follow_redirects = true,
    .max_redirects = HTTP_REDIRECTS_DEFAULT,
    .settings = {.connect_s = HTTP_TIMEOUT_DEFAULT_S,
                 .read_s = HTTP_TIMEOUT_DEFAULT_S,
                 .verify = true},
};

/* A quick one that is none. */
static void handed_over(struct http_quick *q)
{
    struct fetch *f = (struct fetch *)q;
    struct http_spec spec = usual;
    spec.url = path_of(f);
    spec.base = f->base;
    spec.follow_redirects = f->follows;
    spec.under_way = q;
    f->request = http_request_start(f->session->vm->options.loop, &f->session->session, &spec,
                                    request_done, f);
    if (f->task->cancel != NULL) // it waits already
        f->task->push = push;
}

enum argument { SESSION = 1, PATH, METHOD, RECORDED, NAME, OPTIONS, JUDGED, HEADERS };
enum upvalue { READER = 3, WAIT };

/* What the requests of the session at SESSION are renamed to, or nil. [-0, +1, -] */
static void push_name(lua_State *L)
{
    lua_getfenv(L, SESSION);
    lua_rawgeti(L, -1, SESSION_NAME);
    lua_replace(L, -2);
}

/* Whether the user still has the host of his own from which the base was made. One text is one string in
 * Lua. [-0, +0, m] */
static bool has_own_host(lua_State *L, const struct session_box *session)
{
    bool has = false;
    lua_getfenv(L, SESSION);
    lua_rawgeti(L, -1, SESSION_USER);
    if (lua_istable(L, -1)) {
        lua_pushliteral(L, "host");
        lua_rawget(L, -2);
        has = lua_type(L, -1) == LUA_TSTRING && lua_tostring(L, -1) == session->own_host;
        lua_pop(L, 1);
    }
    lua_pop(L, 2);
    return has;
}

static struct fetch *take(struct session_box *session)
{
    struct fetch *f = &session->fetch;
    if (f->task != NULL)
        f = xcalloc(1, sizeof *f);
    f->session = session;
    f->quick.answered = answered;
    f->quick.handed_over = handed_over;
    return f;
}

static void keep_texts(struct fetch *f, struct str path, struct str recorded, struct str name)
{
    size_t n = path.n + recorded.n + name.n;
    f->path_n = (uint32_t)path.n;
    f->method_n = (uint32_t)recorded.n;
    f->name_n = (uint32_t)name.n;
    buf_clear(&f->texts);
    if (n > sizeof f->few)
        buf_reserve(&f->texts, n);
    char *to = n > sizeof f->few ? f->texts.p : f->few;
    memcpy(to, path.p, path.n);
    if (recorded.n > 0)
        memcpy(to + path.n, recorded.p, recorded.n);
    if (name.n > 0)
        memcpy(to + path.n + recorded.n, name.p, name.n);
}

static void park(struct fetch *f)
{
    sched_park_for(f->task, cancel, f->request != NULL ? push : NULL, f);
}

/* The session's base, where the running task can wait for a request to this path; NULL: for the long way. */
static const struct exchange_base *base_for(lua_State *L, const struct session_box *session,
                                            struct str path)
{
    struct task *task = sched_current(session->vm->sched);
    bool can_wait = task != NULL && !task->stop_pending && lua_isyieldable(L);
    if (!can_wait || session->base == NULL || !exchange_is_plain_path(path))
        return NULL;
    bool is_known = session->own_host != NULL ? has_own_host(L, session)
                                              : session->n_doubts == session->vm->n_doubts;
    return is_known ? session->base : NULL;
}

/* What is touched between its answer and the user's next request. */
static void set_near(struct fetch *f)
{
    const void **near = f->quick.near;
    const struct lx_stack stack = lx_stack_of(f->task->co);
    const char *box = (const char *)f->session;
    *near++ = stack.top - 8; // it goes on there
    *near++ = stack.top - 8 - MEM_LINE;
    *near++ = f->task;
    *near++ = (const char *)f->task->co + 32; // what is before it, only the collector looks at
    *near++ = f->session->handle;
    *near++ = box;
    *near++ = box + 128; // in which most have their fetch
    *near++ = f->session->user_at;
    _Static_assert(QUICK_NEAR == 8, "all are set");
}

static struct fetch *begin(struct session_box *session, const struct exchange_base *base)
{
    struct task *task = sched_current(session->vm->sched);
    if (task->cancel != NULL)
        sched_abandon(task); // a request that it started and never waited for
    struct fetch *f = take(session);
    f->task = task;
    f->base = base;
    const char *stack = lx_stack_of(task->co).begin;
    if (f->near_stack != stack) {
        f->near_stack = stack;
        set_near(f);
    }
    return f;
}

static void start_ordinary(struct fetch *f, const struct http_spec *spec)
{
    f->request = http_request_start(f->session->vm->options.loop, &f->session->session, spec,
                                    request_done, f);
}

/* A GET without options, which nobody judges. */
static void send_plain(struct session_box *session, const struct exchange_base *base,
                       struct str path)
{
    struct fetch *f = begin(session, base);
    f->is_judged = false;
    f->follows = true;
    keep_texts(f, path, STR_EMPTY, STR_EMPTY);
    if (!http_quick_get(&f->quick, &session->session, base, path)) {
        struct http_spec spec = usual;
        spec.url = path;
        spec.base = base;
        start_ordinary(f, &spec);
    }
    park(f);
}

static void send(struct session_box *session, const struct http_spec *spec,
                 const struct packed_label *label, bool is_judged)
{
    struct fetch *f = begin(session, spec->base);
    f->is_judged = is_judged;
    f->follows = spec->follow_redirects;
    keep_texts(f, spec->url, label->method, label->name);
    if (!http_quick_start(&f->quick, session->vm->options.loop, &session->session, spec))
        start_ordinary(f, spec);
    park(f);
}

static struct str text_at(lua_State *L, int arg)
{
    struct str s = STR_EMPTY;
    const char *p = lua_tolstring(L, arg, &s.n);
    return p != NULL ? str_make(p, s.n) : STR_EMPTY;
}

/* What most calls don't have. False: the options are for the long way. */
static bool read_rest(lua_State *L, struct http_spec *spec, struct packed_label *label)
{
    spec->method = text_at(L, METHOD);
    spec->follow_redirects = !str_equal(spec->method, STR("HEAD"));
    label->method = text_at(L, RECORDED);
    label->name = text_at(L, NAME);
    if (!str_is_line(label->name))
        return false;
    struct quick_reader *reader = lua_touserdata(L, lua_upvalueindex(READER));
    return lua_isnoneornil(L, OPTIONS) ? quick_reader_read_pairs(reader, L, HEADERS, spec)
                                       : quick_reader_read(reader, L, OPTIONS, spec, &label->name);
}

/* False: nothing was done. */
static bool send_rest(lua_State *L, struct session_box *session, const struct exchange_base *base,
                      struct str path)
{
    struct packed_label label;
    struct http_spec spec = usual;
    spec.url = path;
    spec.base = base;
    if (lua_gettop(L) == PATH)
        return false;
    if (session->is_renamed && lua_isnil(L, NAME)) {
        push_name(L);
        lua_replace(L, NAME);
    }
    if (!read_rest(L, &spec, &label))
        return false;
    send(session, &spec, &label, lua_toboolean(L, JUDGED));
    return true;
}

/* fetch(session, path [, method, recorded, name, options, judged, name, value, …]) -> after a wait nil and
 * the response, or false where that is larger than Lua can hold; or STOP; nothing where this is for the
 * long way. The headers behind `judged` are for a call without options. */
int l_fetch(lua_State *L)
{
    struct session_box *session = l_session_at(L, SESSION);
    if (session == NULL)
        return 0;
    struct str path = text_at(L, PATH);
    const struct exchange_base *base = base_for(L, session, path);
    if (base == NULL)
        return 0;
    if (lua_gettop(L) == PATH && !session->is_renamed)
        send_plain(session, base, path);
    else if (!send_rest(L, session, base, path))
        return 0;
    lua_pushvalue(L, lua_upvalueindex(WAIT));
    return lua_yield(L, 1);
}
