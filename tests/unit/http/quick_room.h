/*
 * quick_room -- a server that says what a test asks for, and a session that asks it on the ordinary way or the
 * short one (http/quick).
 */
// SPDX-License-Identifier: MIT
#ifndef TESTS_HTTP_QUICK_ROOM_H
#define TESTS_HTTP_QUICK_ROOM_H

#include "http/exchange.h"
#include "http/h1_transport.h"
#include "http/quick.h"

#include <stddef.h>

#include "../check.h"
#include "raw_server.h"
#include "wire.h"

/* What is said; to all others "hello" with a type. What ends with '!' closes the connection. */
static const struct {
    const char *path, *text;
} lines[] = {
    {"/missing", "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone"},
    {"/empty", "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 0\r\n\r\n"},
    {"/none", "HTTP/1.1 204 No Content\r\n\r\n"},
    {"/redirect", "HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 4\r\n\r\ngone"},
    {"/nowhere", "HTTP/1.1 302 Found\r\nContent-Length: 4\r\n\r\ngone"},
    {"/cookie", "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 2\r\n\r\nok"},
    {"/gzip", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"},
    {"/chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"},
    {"/interim", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"},
    {"/old", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok"},
    {"/closes", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok!"},
    {"/last", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok!"}, // and closes without a word
    {"/surplus", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more!"},
    {"/short", "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhello!"},
    {"/garbage", "garbage garbage\r\n\r\n!"},
    {"/nothing", "!"},
    {"/blanks", "HTTP/1.1 200  All well \r\nA:  b \r\nC:\r\nContent-Length: 2\r\n\r\nok"},
};
#define LINES (sizeof lines / sizeof *lines)

/* In two pieces, the second once the first has been read. */
static atomic_int heard;
static inline void say_in_pieces(int fd)
{
    int before = atomic_load(&heard);
    raw_say(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n");
    for (int tries = 0; atomic_load(&heard) == before; tries++) {
        if (tries == 5000)
            return;
        usleep(1000);
    }
    raw_say(fd, "Content-Length: 5\r\n\r\nhello");
}

static atomic_bool may_say;

static inline bool answer(struct raw_server *s, int fd, const char *path)
{
    (void)s;
    for (size_t i = 0; i < LINES; i++) {
        size_t n = strlen(lines[i].text);
        if (strcmp(path, lines[i].path) != 0)
            continue;
        raw_say(fd, lines[i].text);
        return lines[i].text[n - 1] != '!';
    }
    if (strcmp(path, "/reset") == 0) {
        while (!atomic_load(&may_say))
            usleep(1000);
        raw_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        raw_reset(fd);
        return false;
    }
    if (strcmp(path, "/stall") == 0)
        raw_stall(fd);
    else if (strcmp(path, "/pieces") == 0)
        say_in_pieces(fd);
    else
        raw_say(fd,
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello");
    return true;
}

struct room {
    struct raw_server server;
    struct wire wire;
    struct http_session *session;
    struct exchange_base base;
    struct http_spec spec;

    struct http_quick quick;
    struct buf told;              /* of the quick one's answer */
    struct http_request *request; /* that took its place */
    bool is_answered;
    double ms;
};

static inline struct transport *make_transport(struct loop *loop, struct resolver *resolver,
                                               struct err *err)
{
    (void)err;
    return h1_transport_new(loop, resolver, NULL);
}

/* What came, as one text: of both ways the same. */
static inline void add_texts(struct buf *out, int status, struct str reason, struct str body)
{
    buf_addf(out, "%d '%.*s' '%.*s'", status, STR_ARG(reason), STR_ARG(body));
}

static inline void on_answer(struct http_quick *q, const struct quick_answer *a)
{
    struct room *room = (struct room *)((char *)q - offsetof(struct room, quick));
    room->is_answered = true;
    room->ms = ns_to_ms(a->end_ns - a->start_ns);
    add_texts(&room->told, a->status, str_slice(a->texts, 0, a->reason_n), a->body);
    for (size_t at = a->lines_at; at < a->texts.n;) {
        struct str rest = str_slice(a->texts, at, a->texts.n);
        struct str line = str_slice(rest, 0, str_index(rest, '\0')), name = str_cut(&line, ':');
        at += str_index(rest, '\0') + 1;
        buf_addf(&room->told, " %.*s=%.*s", STR_ARG(str_trim(name)), STR_ARG(str_trim(line)));
    }
}

static inline void on_handed_over(struct http_quick *q)
{
    struct room *room = (struct room *)((char *)q - offsetof(struct room, quick));
    struct http_spec spec = room->spec;
    spec.under_way = q;
    room->request = wire_start(&room->wire, room->session, &spec);
    http_quick_done(q, room->session);
}

static inline void open_room(struct room *room)
{
    memset(room, 0, sizeof *room);
    raw_server_open(&room->server, answer);
    wire_open(&room->wire, make_transport);
    room->session = http_session_new(room->wire.transport);
    room->spec = wire_spec("GET", "/ok");
    if (exchange_base_init(&room->base, str_of(room->server.base), NULL) < 0)
        BUG("no base");
    room->spec.base = &room->base;
    room->quick.answered = on_answer;
    room->quick.handed_over = on_handed_over;
    buf_init(&room->told, 0);
}

static inline bool close_room(struct room *room)
{
    http_session_free(room->session);
    exchange_base_release(&room->base);
    buf_release(&room->told);
    bool is_clean = wire_close(&room->wire);
    raw_server_close(&room->server);
    return is_clean;
}

static inline void add_response(struct buf *out, const struct http_response *r)
{
    add_texts(out, r->status, str_of(r->reason), buf_slice(&r->body));
    for (size_t i = 0; i < r->headers.n; i++)
        buf_addf(out, " %.*s=%.*s", STR_ARG(http_headers_name(&r->headers, i)),
                 STR_ARG(http_headers_value(&r->headers, i)));
    if (r->failure_text != NULL)
        buf_addf(out, " %s", r->failure_text);
    buf_addf(out, " after %zu", r->n_hops);
}

/* Of both ways alike: an ordinary answer behind no redirect. */
static inline void finish_told(struct room *room)
{
    if (room->is_answered)
        buf_add_cstr(&room->told, " after 0");
}

/* Where the server closes behind its answer, that is seen. */
static inline void settle(struct room *room, const char *path)
{
    for (size_t i = 0; i < LINES; i++) {
        if (strcmp(lines[i].path, path) != 0 || lines[i].text[strlen(lines[i].text) - 1] != '!')
            continue;
        raw_wait_closed(&room->server);
        loop_turn(room->wire.loop, false);
        loop_turn(room->wire.loop, false);
    }
}

static inline void ask_ordinary(struct room *room, const char *path, struct buf *out)
{
    room->spec.url = str_of(path);
    struct http_response *r = wire_ask(&room->wire, room->session, &room->spec);
    buf_clear(out);
    add_response(out, r);
    http_response_free(r);
    settle(room, path);
}

static inline bool start_quick(struct room *room, const char *path)
{
    buf_clear(&room->told);
    room->is_answered = false;
    room->request = NULL;
    room->spec.url = str_of(path);
    return http_quick_start(&room->quick, room->wire.loop, room->session, &room->spec);
}

/* Until it was answered, or what took its place was. */
static inline void wait_quick(struct room *room)
{
    while (!room->is_answered && room->request == NULL)
        loop_turn(room->wire.loop, true);
    finish_told(room);
    if (room->request == NULL) {
        http_quick_done(&room->quick, room->session);
        return;
    }
    atomic_fetch_add(&heard, 1);
    wire_wait(&room->wire, room->request);
    struct http_response *r = http_request_take_response(room->request);
    add_response(&room->told, r);
    room->ms = r->response_time_ms;
    http_response_free(r);
    http_request_free(room->request);
}

/* On a connection that stands. */
static inline void ask_quick(struct room *room, const char *path)
{
    struct buf ignored = BUF_INIT;
    ask_ordinary(room, "/ok", &ignored);
    buf_release(&ignored);
    if (!start_quick(room, path))
        BUG("it can't go the quick way");
    wait_quick(room);
    settle(room, path);
}

#endif
