/* l_stream -- answers that are handed to a script while they come. */
// SPDX-License-Identifier: MIT
#ifndef SCRIPT_L_STREAM_H
#define SCRIPT_L_STREAM_H

#include "script/l_http.h"

struct stream;

/* Starts a request whose body isn't kept; it and the box of the request belong together. The spec's
 * `piece` is set. The session is borrowed for its life. */
struct stream *l_stream_start(struct request_box *box, struct session_box *session,
                              struct task *task, struct http_spec *spec);
struct http_request *l_stream_request(const struct stream *s);
void l_stream_free(struct stream *s); /* before its request is; NULL is fine */
/* The session ends: and with it the requests of its streams. */
void l_stream_forget_all(struct session_box *session);

/* next_piece(request) -> bytes, nil or false */
int l_next_piece(lua_State *L);
/* stop_stream(request, is_ended) -> is_answered */
int l_stop_stream(lua_State *L);

#endif
