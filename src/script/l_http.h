/* l_http -- what the files behind katydid.core.http share: sessions, requests, responses. */
// SPDX-License-Identifier: MIT
#ifndef SCRIPT_L_HTTP_H
#define SCRIPT_L_HTTP_H

#include "base/str.h"
#include "http/request.h"
#include "http/response.h"
#include "http/exchange.h"
#include "http/session.h"
#include "script/packed.h"
#include "script/vm.h"

#include <lua.h>
#include <lauxlib.h>
#include <stdbool.h>

/* --- l_http_spec --- */

/* What reading a spec takes: made once, used again for each request. */
struct spec_reader;
/* Lives as long as the state, which keeps it. [-0, +0, m] */
struct spec_reader *spec_reader_new(lua_State *L);
/* Reads the table at `arg`; what `spec` holds is borrowed while that table is unchanged, and until the
 * next call. Raises, at the script's line, what can't be sent. [-0, +0, e] */
void spec_reader_read(struct spec_reader *reader, lua_State *L, int arg,
                      struct transport *transport, struct http_spec *spec);

/* --- l_http_quick --- */

/* The same for a call's own options, where they are of the kinds that most requests have. */
struct quick_reader;
struct quick_reader *quick_reader_new(lua_State *L); /* as spec_reader_new */
/* Adds the options in the table at `arg` to `spec`, and the name in the statistics to *name; borrowed as
 * spec_reader_read's. False: there is one that is left to the long way. [-0, +0, m] */
bool quick_reader_read(struct quick_reader *reader, lua_State *L, int arg, struct http_spec *spec,
                       struct str *name);

/* The same of headers alone, strings: name and value one after the other from `first` up to a nil, or the
 * last. [-0, +0, m] */
bool quick_reader_read_pairs(struct quick_reader *reader, lua_State *L, int first,
                             struct http_spec *spec);

/* --- l_http --- */

struct request_box;
/* Ends the request in it, if there is one. */
void l_http_forget_request(struct request_box *box);
/* The same, and one that was sent is counted as in flight: its user ended. */
void l_http_cancel_request(struct request_box *box);
/* The stream of a request that has one; raises where it has none. [-0, +0, e] */
struct stream *l_http_check_stream(lua_State *L, int arg);

/* --- l_body --- */

/* A body that is sent a slice at a time; a userdata. NULL stands in it once it was sent. [-0, +0, e] */
struct http_body **l_body_check(lua_State *L, int arg);
/* body(parts) -> body */
int l_body(lua_State *L);
void l_body_open(lua_State *L); /* makes the type; [-0, +0, m] */

/* --- l_fetch --- */

#define FETCH_FEW 44 /* bytes */

/* A request of the quick way. */
struct fetch {
    struct http_quick quick;      /* first */
    struct http_request *request; /* NULL: it goes as `quick` */
    struct session_box *session;
    struct task *task; /* that waits for it; NULL: it is free */
    const struct exchange_base *base;
    const char *near_stack; /* of the coroutine for which quick.near was set */
    bool is_judged;         /* before it is counted */
    bool follows;           /* redirects */
    /* The path; method and name as the statistics have them, where they are others. */
    uint32_t path_n, method_n, name_n;
    char few[FETCH_FEW]; /* they lie here, where they fit */
    struct buf texts;
};
int l_fetch(lua_State *L);

/* --- l_session --- */

/* One user's session, which is his client. What Lua has of it is a userdata that says where it is: so small
 * that the collector, which looks at all of them in one piece, finds them side by side. In its environment
 * are, by number, what is C's; what else there is is lua/katydid/client's. */
struct session_box {
    struct vm *vm;
    struct http_session session;
    const struct exchange_base *base; /* of fetches; NULL: none */
    const char
        *own_host;     /* base, as the user's own `host` has it: Lua's string; NULL: his class's */
    unsigned n_doubts; /* vm's, when it was set */
    bool is_renamed;   /* its requests have another name than their path */
    struct fetch fetch;
    struct session_handle
        *handle; /* Lua's, which owns it; and his table: for http_quick's near alone */
    const void *user_at;
    struct request_box *request; /* of the last request, to be used again */
    struct stream *streams;      /* list: of requests whose answers are handed on while they come */
    struct session_box *prev, *next; /* of the vm */
};
enum session_slot { SESSION_REQUEST = 1, SESSION_SELF, SESSION_USER, SESSION_NAME };
struct session_box *l_session_check(lua_State *L, int arg); /* [-0, +0, e] */
struct session_box *l_session_at(lua_State *L, int arg);    /* NULL: it is none. [-0, +0, -] */
/* Adds its functions to the table on top, and makes the type. [-0, +0, m] */
void l_session_open(lua_State *L, struct vm *vm);
/* Frees those that no finalizer has freed; the state is closed. */
void l_session_free_all(struct vm *vm);

/* --- l_response --- */

/* Makes the type: its metatable's place in the registry. [-0, +0, m] */
int l_response_open(lua_State *L);
/* A response as scripts see it: a copy, so that the collector knows what it weighs and has nothing to
 * finalize. False, and nothing pushed: it is larger than Lua can hold. [-0, +1, m] */
bool l_response_push(lua_State *L, int metatable, const struct http_response *r,
                     const struct packed_label *label);
/* The same of one of http/quick, which is never too large. [-0, +1, m] */
struct packed *l_response_push_quick(lua_State *L, int metatable, const struct packed_quick *q,
                                     const struct packed_label *label);
struct packed *l_response_check(lua_State *L, int arg); /* [-0, +0, e] */
/* Why the response at `arg` was said to have failed. [-0, +1, -] */
void l_response_push_verdict_text(lua_State *L, int arg);

/* --- l_count --- */

/* Failures that are this machine's are said to be so, once: among the server's they mislead. */
void l_count_own_limit(struct vm *vm, enum http_failure failure);
/* As nobody is asked; a request of this task. */
void l_count_by_status(struct vm *vm, const struct task *t, const struct packed *r);
int l_settle(lua_State *L);
int l_outcome(lua_State *L);

/* --- l_response --- */

int l_response_open_verdict(lua_State *L);
int l_response_decide(lua_State *L);
int l_response_verdict(lua_State *L);
/* set_response_methods(methods, getters) */
int l_response_set_methods(lua_State *L);

#endif
