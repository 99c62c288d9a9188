/* l_count -- a response, judged and counted. */
// SPDX-License-Identifier: MIT
#include "script/l_http.h"

#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"
#include "http/failure.h"
#include "script/core.h"
#include "script/detail.h"
#include "script/lx.h"
#include "stats/phases.h"

void l_count_own_limit(struct vm *vm, enum http_failure failure)
{
    if (failure == HTTP_NO_DESCRIPTORS && vm->options.usage != NULL)
        usage_add_no_descriptor(vm->options.usage);
    else if (failure == HTTP_NO_PORTS && vm->options.usage != NULL)
        usage_add_no_port(vm->options.usage);
}

/* --- counting ------------------------------------------------------------------------------ */

static const double *phases_of(const struct packed *r, double ms[PHASES])
{
    struct packed_rest room;
    struct transfer_timings t = packed_timings(r, packed_rest(r, &room));
    ms[PHASE_DNS] = t.dns;
    ms[PHASE_CONNECT] = t.connect;
    ms[PHASE_TLS] = t.tls;
    ms[PHASE_WAIT] = t.wait;
    ms[PHASE_RECEIVE] = t.receive;
    return ms;
}

/* Of this task. */
static void count(struct vm *vm, const struct task *t, const struct packed *r, struct str failure)
{
    double phases[PHASES];
    struct hook what; // no initializer, which would first fill all of it with zeros
    what.kind = HOOK_REQUEST;
    struct packed_count counted = packed_count(r);
    what.u.request.method = counted.method;
    what.u.request.name = counted.name;
    what.u.request.timed = true;
    what.u.request.ms = r->response_time_ms;
    what.u.request.length = counted.length;
    what.u.request.at_s = r->start_s + r->response_time_ms / 1e3;
    what.u.request.failure = failure;
    what.u.request.phases = NULL;
    what.u.request.detail = NULL;
    if (vm->options.tells_phases)
        what.u.request.phases = phases_of(r, phases);
    if (vm->detail != NULL)
        what.u.request.detail = detail_of(vm, t, r, failure.n > 0);
    hooks_fire(vm->options.hooks, &what);
}

/* Why it failed where nobody says otherwise; empty: it didn't. In `text` where it has to be written. */
static struct str failure_of(const struct packed *r, struct buf *text)
{
    struct packed_rest room;
    const struct packed_rest *rest = packed_rest(r, &room);
    if (r->status < 400)
        return packed_text(r, rest->failure_text);
    http_failure_add_status(text, r->status, packed_text(r, rest->reason), packed_count(r).name);
    return buf_slice(text);
}

static bool is_success(const struct packed *r)
{
    return r->status > 0 && r->status < 400;
}

void l_count_by_status(struct vm *vm, const struct task *t, const struct packed *r)
{
    if (is_success(r)) {
        count(vm, t, r, STR_EMPTY);
        return;
    }
    struct buf text = BUF_INIT;
    count(vm, t, r, failure_of(r, &text));
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
int l_settle(lua_State *L)
{
    struct vm *vm = core_vm(L);
    struct packed *r = l_response_check(L, 1);
    bool is_asked = lua_gettop(L) > 1 || r->verdict == VERDICT_FAILURE;
    if (!is_asked && (r->verdict == VERDICT_SUCCESS || is_success(r))) {
        r->verdict = VERDICT_NONE;
        count(vm, sched_current(vm->sched), r, STR_EMPTY);
        return 0;
    }
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
    count(vm, sched_current(vm->sched), r, failure);
    if (failure.n > 0)
        lx_push_str(L, shown);
    else
        lua_pushnil(L);
    buf_release(&text);
    return 1;
}

/* outcome(response) -> name, failure or nil */
int l_outcome(lua_State *L)
{
    const struct packed *r = l_response_check(L, 1);
    struct buf text = BUF_INIT;
    struct str failure = failure_of(r, &text);
    lx_push_str(L, packed_count(r).name);
    if (failure.n > 0)
        lx_push_str(L, failure);
    else
        lua_pushnil(L);
    buf_release(&text);
    return 2;
}
