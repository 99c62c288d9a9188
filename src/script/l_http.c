/* l_http -- katydid.core.http: requests of users, from their start to their response. */
// SPDX-License-Identifier: MIT
#include "script/l_http.h"

#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"
#include "http/failure.h"
#include "script/core.h"
#include "script/l_stream.h"
#include "script/lx.h"

#define LOGGER "katydid.main"
#define REQUEST_TYPE "katydid.request"

/* A request under way, or done and not yet collected; a userdata that is used again. */
struct request_box {
    struct http_request *request; /* NULL: none */
    struct vm *vm;
    struct task *task;     /* that waits for it */
    struct stream *stream; /* NULL: its body is kept */
    int ref;               /* registry: where nobody else holds it while it is under way */
    bool is_fetched;       /* by fetch: no one has it in hand */
    bool is_judged;        /* before it is counted */
    size_t method_n;
    struct buf label; /* method and name as the statistics have them, where they are others */
};

static void request_done(void *self, struct http_request *request)
{
    struct request_box *box = self;
    (void)request;
    sched_wake(box->task);
}

static void forget_request(struct request_box *box)
{
    if (box->stream != NULL)
        l_stream_free(box->stream);
    http_request_free(box->request);
    box->stream = NULL;
    box->request = NULL;
    luaL_unref(box->vm->L, LUA_REGISTRYINDEX, box->ref);
    box->ref = LUA_NOREF;
}

void l_http_forget_request(struct request_box *box)
{
    if (box->request != NULL)
        forget_request(box);
}

/* The user ended, or gave up. What was sent is counted nowhere else. */
static void cancel_request(void *op)
{
    struct request_box *box = op;
    http_request_cancel(box->request);
    if (http_request_was_sent(box->request))
        box->vm->options.stats->in_flight_at_end++;
    forget_request(box);
}

static int collect_request(lua_State *L)
{
    struct request_box *box = lua_touserdata(L, 1);
    l_http_forget_request(box);
    buf_release(&box->label);
    return 0;
}

/* The session's box, from the environment that both have. [-0, +1, -] */
static void push_session_box(lua_State *L)
{
    lua_getfenv(L, 1);
    lua_rawgeti(L, -1, 1);
    lua_remove(L, -2);
}

/* A new box, which becomes the session's. [-0, +1, m] */
static struct request_box *new_box(lua_State *L, struct vm *vm, struct session_box *session)
{
    struct request_box *box = lua_newuserdata(L, sizeof *box); // box
    *box = (struct request_box){.vm = vm, .ref = LUA_NOREF, .label = BUF_INIT};
    luaL_getmetatable(L, REQUEST_TYPE);
    lua_setmetatable(L, -2);
    // One environment for both: the session keeps its box, and a request its session.
    lua_createtable(L, 2, 0); // box environment
    lua_pushvalue(L, -2);
    lua_rawseti(L, -2, 1);
    lua_pushvalue(L, 1);
    lua_rawseti(L, -2, 2);
    lua_pushvalue(L, -1);
    lua_setfenv(L, 1);
    lua_setfenv(L, -2);
    session->request = box;
    return box;
}

/* Pushes an empty box: the session's where it is free, else a new one. [-0, +1, m] */
static struct request_box *take_box(lua_State *L, struct vm *vm, struct session_box *session)
{
    struct request_box *box = session->request;
    if (box != NULL && box->request == NULL) {
        push_session_box(L);
        return box;
    }
    // The user has several under way. Who started the other holds it, unless nobody does.
    if (box != NULL && box->is_fetched) {
        push_session_box(L);
        box->ref = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    return new_box(L, vm, session);
}

/* Failures that are this machine's are said to be so, once: among the server's they mislead. */
static void tell_own_limit(struct vm *vm, enum http_failure failure)
{
    if (failure == HTTP_NO_DESCRIPTORS && !vm->told_of_descriptors) {
        vm->told_of_descriptors = true;
        log_error(LOGGER, "Requests fail because this process may not open more files: a limit of "
                          "this machine (ulimit -n), not of the server");
    } else if (failure == HTTP_NO_PORTS && !vm->told_of_ports) {
        vm->told_of_ports = true;
        log_error(LOGGER, "Requests fail because no port is left to connect from: a limit of this "
                          "machine (net.ipv4.ip_local_port_range), not of the server");
    }
}

/* --- counting ------------------------------------------------------------------------------ */

static struct str name_of(const struct packed *r)
{
    return r->name.at != 0 ? packed_text(r, r->name) : packed_target(r);
}

static void count(struct vm *vm, const struct packed *r, struct str failure)
{
    struct hook what = {.kind = HOOK_REQUEST};
    what.u.request.method = packed_text(r, r->method.at != 0 ? r->method : r->request_method);
    what.u.request.name = name_of(r);
    what.u.request.timed = true;
    what.u.request.ms = r->response_time_ms;
    what.u.request.length = r->length;
    what.u.request.at_s = r->start_s + r->response_time_ms / 1e3;
    what.u.request.failure = failure;
    hooks_fire(vm->options.hooks, &what);
}

/* Why it failed where nobody says otherwise; empty: it didn't. In `text` where it has to be written. */
static struct str failure_of(const struct packed *r, struct buf *text)
{
    if (r->status < 400)
        return packed_text(r, r->failure_text);
    http_failure_add_status(text, r->status, packed_text(r, r->reason), name_of(r));
    return buf_slice(text);
}

/* As nobody is asked. */
static void count_by_status(struct vm *vm, const struct packed *r)
{
    if (r->status > 0 && r->status < 400) {
        count(vm, r, STR_EMPTY);
        return;
    }
    struct buf text = BUF_INIT;
    count(vm, r, failure_of(r, &text));
    buf_release(&text);
}

/* "CatchResponseError('why')" */
static void add_said(struct buf *text, struct str why)
{
    buf_add_cstr(text, "CatchResponseError(");
    text_add_python_repr(text, why);
    buf_add_char(text, ')');
}

/* settle(response, failure) -> shown */
static int l_settle(lua_State *L)
{
    struct vm *vm = core_vm(L);
    struct packed *r = l_response_check(L, 1);
    struct buf text = BUF_INIT;
    struct str failure = STR_EMPTY, shown = STR_EMPTY;
    lua_settop(L, 2);
    if (!lua_isnil(L, 2)) {
        failure = shown = lx_check_str(L, 2);
        if (failure.n == 0)
            failure = shown = STR("(a failure without a text)");
    } else if (r->verdict == VERDICT_FAILURE) {
        l_response_push_verdict_text(L, 1);
        shown = lx_check_str(L, -1);
        add_said(&text, shown);
        failure = buf_slice(&text);
    } else if (r->verdict != VERDICT_SUCCESS) {
        failure = shown = failure_of(r, &text);
    }
    r->verdict = VERDICT_NONE;
    count(vm, r, failure);
    if (failure.n > 0)
        lx_push_str(L, shown);
    else
        lua_pushnil(L);
    buf_release(&text);
    return 1;
}

/* outcome(response) -> name, failure or nil */
static int l_outcome(lua_State *L)
{
    const struct packed *r = l_response_check(L, 1);
    struct buf text = BUF_INIT;
    struct str failure = failure_of(r, &text);
    lx_push_str(L, name_of(r));
    if (failure.n > 0)
        lx_push_str(L, failure);
    else
        lua_pushnil(L);
    buf_release(&text);
    return 2;
}

/* --- the long way: start, wait, collect ---------------------------------------------------- */

/* start(session, spec) -> request */
static int l_start(lua_State *L)
{
    struct vm *vm = core_vm(L);
    struct session_box *session = l_session_check(L, 1);
    struct task *task = core_check_user(L, vm, "a request", 2);
    struct http_spec spec;
    spec_reader_read(lua_touserdata(L, lua_upvalueindex(2)), L, 2, session->session->transport,
                     &spec);
    sched_abandon(task); // a request that it started and never waited for
    struct request_box *box = take_box(L, vm, session);
    box->task = task;
    box->request = http_request_start(vm->options.loop, session->session, &spec, request_done, box);
    sched_park(task, cancel_request, box);
    box->is_fetched = false;
    return 1;
}

/* check(session, spec) */
static int l_check(lua_State *L)
{
    struct session_box *session = l_session_check(L, 1);
    struct http_spec spec;
    spec_reader_read(lua_touserdata(L, lua_upvalueindex(2)), L, 2, session->session->transport,
                     &spec);
    return 0;
}

void l_http_cancel_request(struct request_box *box)
{
    cancel_request(box);
}

struct stream *l_http_check_stream(lua_State *L, int arg)
{
    struct request_box *box = luaL_checkudata(L, arg, REQUEST_TYPE);
    if (box->stream == NULL)
        luaL_argerror(L, arg, "this request has no stream");
    return box->stream;
}

/* start_stream(session, spec) -> request. It has a box of its own: while its pieces are looked at, other
 * requests come and go. */
static int l_start_stream(lua_State *L)
{
    struct vm *vm = core_vm(L);
    struct session_box *session = l_session_check(L, 1);
    struct task *task = core_check_user(L, vm, "a request", 2);
    struct http_spec spec;
    spec_reader_read(lua_touserdata(L, lua_upvalueindex(2)), L, 2, session->session->transport,
                     &spec);
    sched_abandon(task);
    struct request_box *box = lua_newuserdata(L, sizeof *box); // box
    *box = (struct request_box){.vm = vm, .task = task, .ref = LUA_NOREF, .label = BUF_INIT};
    luaL_getmetatable(L, REQUEST_TYPE);
    lua_setmetatable(L, -2);
    lua_createtable(L, 1, 0); // box environment: keeps the session
    lua_pushvalue(L, 1);
    lua_rawseti(L, -2, 1);
    lua_setfenv(L, -2);
    box->stream = l_stream_start(box, session, task, &spec);
    box->request = l_stream_request(box->stream);
    return 1;
}

/* Takes the response from the box: pushes it. [-0, +1, e] */
static struct packed *push_response(lua_State *L, struct request_box *box,
                                    const struct packed_label *label)
{
    const struct http_response *r = http_request_response(box->request);
    if (r->failure != HTTP_OK)
        tell_own_limit(box->vm, r->failure);
    bool fits = l_response_push(L, box->vm->response_type, r, label);
    forget_request(box);
    return fits ? lua_touserdata(L, -1) : NULL;
}

/* collect(request, method, name) -> response */
static int l_collect(lua_State *L)
{
    struct request_box *box = luaL_checkudata(L, 1, REQUEST_TYPE);
    const struct packed_label label = {lx_opt_str(L, 2, STR_EMPTY), lx_opt_str(L, 3, STR_EMPTY)};
    if (box->request == NULL || !http_request_is_done(box->request))
        return luaL_argerror(L, 1, "this request is not there to be collected");
    if (push_response(L, box, &label) == NULL)
        return luaL_error(L, "the response is larger than Lua can hold");
    return 1;
}

/* --- the quick way: fetch ------------------------------------------------------------------ */

/* The answer to a fetch has come: the response, counted unless somebody judges it first. */
static int push_fetched(void *op, lua_State *L)
{
    struct request_box *box = op;
    struct vm *vm = box->vm;
    const char *p = box->label.p;
    const struct packed_label label = {str_make(p, box->method_n),
                                       str_make(p + box->method_n, box->label.n - box->method_n)};
    bool is_judged = box->is_judged;
    luaL_checkstack(L, 4, "a response");
    const struct packed *r = push_response(L, box, &label);
    if (r == NULL) {
        lua_pushnil(L);
        return 1;
    }
    if (!is_judged)
        count_by_status(vm, r);
    return 1;
}

static const struct exchange_base *find_base(struct vm *vm, struct session_box *session,
                                             struct str url)
{
    if (session->base == NULL || !bases_is_of(session->base, url))
        session->base = bases_get(vm->bases, url);
    return session->base;
}

/* fetch(session, method, recorded, base, path, name, options, judged) -> after a wait nil and the
 * response, or STOP; nothing where this is for the long way */
static int l_fetch(lua_State *L)
{
    struct vm *vm = core_vm(L);
    struct session_box *session = l_session_check(L, 1);
    struct task *task = sched_current(vm->sched);
    struct str url = lx_check_str(L, 4), name = lx_opt_str(L, 6, STR_EMPTY);
    struct http_spec spec = {
        .method = lx_check_str(L, 2),
        .url = lx_check_str(L, 5),
        .base = find_base(vm, session, url),
        .max_redirects = HTTP_REDIRECTS_DEFAULT,
        .settings = {.connect_s = HTTP_TIMEOUT_DEFAULT_S,
                     .read_s = HTTP_TIMEOUT_DEFAULT_S,
                     .verify = true},
    };
    spec.follow_redirects = !str_equal(spec.method, STR("HEAD"));
    lua_settop(L, 8);
    bool goes = task != NULL && !task->stop_pending && spec.base != NULL &&
                exchange_is_plain_path(spec.url) && lua_isyieldable(L) &&
                (lua_isnil(L, 7) ||
                 quick_reader_read(lua_touserdata(L, lua_upvalueindex(3)), L, 7, &spec, &name));
    if (!goes)
        return 0;
    if (task->cancel != NULL)
        sched_abandon(task); // a request that it started and never waited for
    struct str recorded = lx_check_str(L, 3);
    struct request_box *box = take_box(L, vm, session);
    box->task = task;
    box->is_fetched = true;
    box->is_judged = lua_toboolean(L, 8);
    buf_clear(&box->label);
    box->method_n = 0;
    if (recorded.p != spec.method.p) { // one string for each text
        buf_add_str(&box->label, recorded);
        box->method_n = recorded.n;
    }
    buf_add_str(&box->label, name);
    box->request = http_request_start(vm->options.loop, session->session, &spec, request_done, box);
    sched_park_for(task, cancel_request, push_fetched, box);
    sched_push_wait(vm->sched, L);
    return lua_yield(L, 1);
}

static const luaL_Reg http_functions[] = {{"start", l_start},
                                          {"check", l_check},
                                          {"collect", l_collect},
                                          {"body", l_body},
                                          {"start_stream", l_start_stream},
                                          {"next_piece", l_next_piece},
                                          {"stop_stream", l_stop_stream},
                                          {"fetch", l_fetch},
                                          {"settle", l_settle},
                                          {"outcome", l_outcome},
                                          {"open_verdict", l_response_open_verdict},
                                          {"decide", l_response_decide},
                                          {"verdict", l_response_verdict},
                                          {"set_response_methods", l_response_set_methods},
                                          {NULL, NULL}};

void l_http_open(lua_State *L, struct vm *vm)
{
    lx_new_type(L, REQUEST_TYPE, NULL, collect_request);
    vm->response_type = l_response_open(L);
    l_body_open(L);
    lua_newtable(L);
    l_session_open(L, vm);
    lua_pushlightuserdata(L, vm);
    lua_pushlightuserdata(L, spec_reader_new(L));
    lua_pushlightuserdata(L, quick_reader_new(L));
    luaL_setfuncs(L, http_functions, 3);
}
