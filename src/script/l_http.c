/* l_http -- katydid.core.http: requests of users, from their start to their response. */
// SPDX-License-Identifier: MIT
#include "script/l_http.h"

#include "base/buf.h"
#include "base/log.h"
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
        lua_rawgeti(L, -1, 1);
        lua_remove(L, -2);
        return box;
    }
    box = lua_newuserdata(L, sizeof *box); // box
    *box = (struct request_box){.vm = vm};
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

/* collect(request) -> response, status, ms, length, target, failure or nil */
static int l_collect(lua_State *L)
{
    struct request_box *box = luaL_checkudata(L, 1, REQUEST_TYPE);
    if (box->request == NULL || !http_request_is_done(box->request))
        return luaL_argerror(L, 1, "this request is not there to be collected");
    struct http_response *r = http_request_take_response(box->request);
    forget_request(box);
    tell_own_limit(box->vm, r->failure);
    if (!l_response_push(L, r)) {
        http_response_free(r);
        return luaL_error(L, "the response is larger than Lua can hold");
    }
    lua_pushinteger(L, r->status);
    lua_pushnumber(L, r->response_time_ms);
    lua_pushnumber(L, (double)r->length);
    lua_pushstring(L, r->request_target);
    lua_pushstring(L, r->failure_text); // NULL gives nil
    http_response_free(r);
    return 6;
}

/* status_failure(status, reason, name) -> text */
static int l_status_failure(lua_State *L)
{
    int status = (int)luaL_checkinteger(L, 1);
    struct str reason = lx_check_str(L, 2), name = lx_check_str(L, 3);
    struct buf text = BUF_INIT;
    http_failure_add_status(&text, status, reason, name);
    lx_push_str(L, buf_slice(&text));
    buf_release(&text);
    return 1;
}

static const luaL_Reg http_functions[] = {{"start", l_start},
                                          {"check", l_check},
                                          {"collect", l_collect},
                                          {"body", l_body},
                                          {"start_stream", l_start_stream},
                                          {"next_piece", l_next_piece},
                                          {"stop_stream", l_stop_stream},
                                          {"status_failure", l_status_failure},
                                          {"set_response_methods", l_response_set_methods},
                                          {NULL, NULL}};

void l_http_open(lua_State *L, struct vm *vm)
{
    lx_new_type(L, REQUEST_TYPE, NULL, collect_request);
    l_response_open(L);
    l_body_open(L);
    lua_newtable(L);
    l_session_open(L, vm);
    lua_pushlightuserdata(L, vm);
    lua_pushlightuserdata(L, spec_reader_new(L));
    luaL_setfuncs(L, http_functions, 2);
}
