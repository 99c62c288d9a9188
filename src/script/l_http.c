/* l_http -- katydid.core.http: requests of users, from their start to their response. */
// SPDX-License-Identifier: MIT
#include "script/l_http.h"

#include "base/buf.h"
#include "script/core.h"
#include "script/l_stream.h"
#include "script/lx.h"

#define REQUEST_TYPE "katydid.request"

/* A request under way, or done and not yet collected; a userdata that is used again. */
struct request_box {
    struct http_request *request; /* NULL: none */
    struct vm *vm;
    struct task *task;     /* that waits for it */
    struct stream *stream; /* NULL: its body is kept */
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
    l_http_forget_request(lua_touserdata(L, 1));
    return 0;
}

/* Pushes an empty box: the session's last one where it is free, else a new one. [-0, +1, m] */
static struct request_box *take_box(lua_State *L, struct vm *vm, struct session_box *session)
{
    struct request_box *box = session->request;
    if (box != NULL && box->request == NULL) { // what is done may have yet to be collected
        lua_getfenv(L, 1);
        lua_rawgeti(L, -1, SESSION_REQUEST);
        lua_remove(L, -2);
        return box;
    }
    box = lua_newuserdata(L, sizeof *box); // box
    *box = (struct request_box){.vm = vm};
    luaL_getmetatable(L, REQUEST_TYPE);
    lua_setmetatable(L, -2);
    lua_getfenv(L, 1); // box environment: one for both, in which each keeps the other
    lua_pushvalue(L, -2);
    lua_rawseti(L, -2, SESSION_REQUEST);
    lua_setfenv(L, -2);
    session->request = box;
    return box;
}

/* --- the long way: start, wait, collect ---------------------------------------------------- */

/* start(session, spec) -> request */
static int l_start(lua_State *L)
{
    struct vm *vm = core_vm(L);
    struct session_box *session = l_session_check(L, 1);
    struct task *task = core_check_user(L, vm, "a request", 2);
    struct http_spec spec;
    spec_reader_read(lua_touserdata(L, lua_upvalueindex(2)), L, 2, session->session.transport,
                     &spec);
    sched_abandon(task); // a request that it started and never waited for
    struct request_box *box = take_box(L, vm, session);
    box->task = task;
    box->request =
        http_request_start(vm->options.loop, &session->session, &spec, request_done, box);
    sched_park(task, cancel_request, box);
    return 1;
}

/* check(session, spec) */
static int l_check(lua_State *L)
{
    struct session_box *session = l_session_check(L, 1);
    struct http_spec spec;
    spec_reader_read(lua_touserdata(L, lua_upvalueindex(2)), L, 2, session->session.transport,
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
    spec_reader_read(lua_touserdata(L, lua_upvalueindex(2)), L, 2, session->session.transport,
                     &spec);
    sched_abandon(task);
    struct request_box *box = lua_newuserdata(L, sizeof *box); // box
    *box = (struct request_box){.vm = vm, .task = task};
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

/* collect(request, method, name) -> response */
static int l_collect(lua_State *L)
{
    struct request_box *box = luaL_checkudata(L, 1, REQUEST_TYPE);
    const struct packed_label label = {lx_opt_str(L, 2, STR_EMPTY), lx_opt_str(L, 3, STR_EMPTY)};
    if (box->request == NULL || !http_request_is_done(box->request))
        return luaL_argerror(L, 1, "this request is not there to be collected");
    const struct http_response *r = http_request_response(box->request);
    l_count_own_limit(box->vm, r->failure);
    bool fits = l_response_push(L, box->vm->response_type, r, &label);
    forget_request(box);
    return fits ? 1 : luaL_error(L, "the response is larger than Lua can hold");
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
    sched_push_wait(vm->sched, L);
    luaL_setfuncs(L, http_functions, 4);
}
