/*
 * l_stream -- answers that are handed to a script while they come.
 *
 * What comes is gathered until the script asks for it, so that it may wait between two pieces. Where
 * it is slower than the network, the answer is held at so many bytes, and so the server, in the end.
 */
// SPDX-License-Identifier: MIT
#include "script/l_stream.h"

#include <stdlib.h>
#include <utlist.h>

#include "base/buf.h"
#include "base/mem.h"
#include "script/core.h"
#include "script/lx.h"

#define GATHERED_MAX (256 * 1024)

struct stream {
    struct request_box *box;
    struct session_box *session;
    struct task *task;
    struct http_request *request;
    struct buf gathered;
    bool is_held;
    bool is_awaited;
    struct stream *prev, *next; /* the session's */
};

static void wake(struct stream *s)
{
    if (s->is_awaited)
        sched_wake(s->task);
    s->is_awaited = false;
}

static bool gather(void *self, struct str piece)
{
    struct stream *s = self;
    buf_add_str(&s->gathered, piece);
    s->is_held |= s->gathered.n >= GATHERED_MAX;
    wake(s);
    return !s->is_held;
}

static void on_done(void *self, struct http_request *request)
{
    (void)request;
    wake(self);
}

struct stream *l_stream_start(struct request_box *box, struct session_box *session,
                              struct task *task, struct http_spec *spec)
{
    struct stream *s = xmalloc(sizeof *s);
    *s = (struct stream){.box = box, .session = session, .task = task, .gathered = BUF_INIT};
    DL_APPEND(session->streams, s);
    spec->piece = gather;
    s->request = http_request_start(session->vm->options.loop, &session->session, spec, on_done, s);
    return s;
}

struct http_request *l_stream_request(const struct stream *s)
{
    return s->request;
}

void l_stream_free(struct stream *s)
{
    if (s == NULL)
        return;
    DL_DELETE(s->session->streams, s);
    buf_release(&s->gathered);
    free(s);
}

void l_stream_forget_all(struct session_box *session)
{
    while (session->streams != NULL)
        l_http_forget_request(session->streams->box);
}

/* The user ended while it waited for the next piece. */
static void cancel(void *op)
{
    struct stream *s = op;
    l_http_cancel_request(s->box);
}

static void resume(struct stream *s)
{
    if (!s->is_held)
        return;
    s->is_held = false;
    http_request_resume(s->request);
}

int l_next_piece(lua_State *L)
{
    struct stream *s = l_http_check_stream(L, 1);
    if (s->gathered.n > 0) {
        lx_push_str(L, buf_slice(&s->gathered));
        buf_release(&s->gathered);
        resume(s);
    } else if (http_request_is_done(s->request)) {
        lua_pushnil(L);
    } else {
        s->task = core_check_user(L, core_vm(L), "a request", 2);
        s->is_awaited = true;
        sched_park(s->task, cancel, s);
        lua_pushboolean(L, false);
    }
    return 1;
}

int l_stop_stream(lua_State *L)
{
    struct stream *s = l_http_check_stream(L, 1);
    bool is_answered = http_request_is_done(s->request) || !lua_toboolean(L, 2);
    if (is_answered)
        http_request_stop(s->request);
    else
        l_http_cancel_request(s->box);
    lua_pushboolean(L, is_answered);
    return 1;
}
