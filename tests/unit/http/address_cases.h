/*
 * address_cases -- where connections go to and come from, for each transport: Unix sockets, sources,
 * addresses that are not the name server's. Like transport_cases, which it needs.
 */
// SPDX-License-Identifier: MIT
#ifndef TESTS_HTTP_ADDRESS_CASES_H
#define TESTS_HTTP_ADDRESS_CASES_H

#include "transport_cases.h"

/* The server's answer is where it wants the client to go: "/to?http://..." */
static bool lead(struct raw_server *s, int fd, const char *path)
{
    char head[RAW_PATH_SIZE + 100];
    if (strncmp(path, "/to?", 4) != 0)
        return answer(s, fd, path);
    snprintf(head, sizeof(head), "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n",
             path + 4);
    raw_say(fd, head);
    return true;
}

static bool set_cookie(struct raw_server *s, int fd, const char *path)
{
    if (strcmp(path, "/set") != 0)
        return answer(s, fd, path);
    raw_say(fd, "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2; Domain=localhost\r\n"
                "Set-Cookie: c=3; Domain=h.org\r\nContent-Length: 0\r\n\r\n");
    return true;
}

struct sockets {
    struct room room;
    char folder[32];
    struct raw_server one, other;
    char text[400];
};

static void open_sockets(struct sockets *s, bool (*play)(struct raw_server *, int, const char *))
{
    snprintf(s->folder, sizeof(s->folder), "/tmp/katydid-XXXXXX");
    if (mkdtemp(s->folder) == NULL)
        BUG("no folder");
    open_room(&s->room);
    raw_server_bind_unix(&s->one, s->folder, "One", 64, play);
    raw_server_begin(&s->one);
    raw_server_bind_unix(&s->other, s->folder, "one", 64, play);
    raw_server_begin(&s->other);
}

static bool close_sockets(struct sockets *s)
{
    bool is_clean = close_room(&s->room);
    raw_server_close(&s->one);
    raw_server_close(&s->other);
    rmdir(s->folder);
    return is_clean;
}

static struct http_response *ask_at(struct sockets *s, const char *base, const char *path)
{
    snprintf(s->text, sizeof(s->text), "%s%s", base, path);
    s->room.spec.url = str_of(s->text);
    return wire_ask(&s->room.wire, s->room.session, &s->room.spec);
}

TEST(a_unix_socket_is_asked)
{
    struct sockets s;
    open_sockets(&s, answer);
    for (int i = 0; i < 3; i++) {
        struct http_response *r = ask_at(&s, s.one.base, "/ok?x=1");
        CHECK_INT(r->failure, HTTP_OK);
        CHECK_STR(buf_slice(&r->body), "hello");
        CHECK_TEXT(r->request_target, "/ok?x=1");
        CHECK_TEXT(r->url, s.text);
        http_response_free(r);
        CHECK(strstr(raw_last(&s.one), "GET /ok?x=1 HTTP/1.1\r\n") == raw_last(&s.one));
        CHECK(strstr(raw_last(&s.one), "\r\nHost: localhost\r\n") != NULL);
        // others in between, whose connections are kept beside it
        r = ask_at(&s, s.other.base, "");
        CHECK_INT(r->status, 200);
        CHECK_TEXT(r->request_target, "/");
        http_response_free(r);
        http_response_free(ask_at(&s, s.room.server.base, "/ok"));
    }
    CHECK_INT(s.one.connections, 1);
    CHECK_INT(s.other.connections, 1);
    CHECK_INT(s.room.server.connections, 1);
    CHECK_INT(s.one.requests, 3);
    CHECK(close_sockets(&s));
}

TEST(redirects_of_a_unix_socket)
{
    struct sockets s;
    char path[300];
    open_sockets(&s, lead);
    s.room.server.answer = lead;
    struct http_response *r = ask_at(&s, s.one.base, "/to?/ok");
    CHECK_INT(r->status, 200);
    CHECK(strncmp(r->url, s.one.base, strlen(s.one.base)) == 0);
    CHECK_TEXT(r->url + strlen(s.one.base), "/ok");
    http_response_free(r);
    CHECK_INT(s.one.requests, 2);
    CHECK_INT(s.one.connections, 1);
    CHECK(strstr(raw_last(&s.one), "\r\nHost: localhost\r\n") != NULL);
    snprintf(path, sizeof(path), "/to?%s/ok", s.room.server.base);
    r = ask_at(&s, s.one.base, path);
    CHECK_INT(r->status, 200);
    CHECK_INT(s.room.server.requests, 1);
    CHECK(strstr(raw_last(&s.room.server), "\r\nHost: 127.0.0.1:") != NULL);
    http_response_free(r);
    // who isn't on this machine has no say in what is asked here
    snprintf(path, sizeof(path), "/to?%s/ok", s.one.base);
    r = ask_at(&s, s.room.server.base, path);
    CHECK_INT(r->failure, HTTP_BAD_REDIRECT);
    CHECK_INT(s.one.requests, 3);
    http_response_free(r);
    r = ask_at(&s, s.other.base, path);
    CHECK_INT(r->status, 200);
    CHECK_INT(s.one.requests, 4);
    http_response_free(r);
    CHECK(close_sockets(&s));
}

TEST(cookies_of_a_unix_socket)
{
    struct sockets s;
    open_sockets(&s, set_cookie);
    http_response_free(ask_at(&s, s.one.base, "/set"));
    http_response_free(ask_at(&s, s.one.base, "/ok"));
    CHECK(strstr(raw_last(&s.one), "\r\nCookie: a=1; b=2\r\n") != NULL);
    http_response_free(ask_at(&s, s.other.base, "/ok"));
    CHECK(strstr(raw_last(&s.other), "Cookie") == NULL);
    http_response_free(ask_at(&s, s.room.server.base, "/ok"));
    CHECK(strstr(raw_last(&s.room.server), "Cookie") == NULL);
    CHECK(close_sockets(&s));
}

TEST(no_unix_socket)
{
    struct sockets s;
    open_sockets(&s, answer);
    struct http_response *r = ask_at(&s, "http+unix://%2Fnowhere%2Fkatydid.sock", "/");
    CHECK_INT(r->failure, HTTP_OTHER);
    CHECK_TEXT(r->failure_text, "FileNotFoundError(2, 'No such file or directory')");
    http_response_free(r);
    s.room.spec.settings.proxy = "http://127.0.0.1:1";
    struct err err = ERR_INIT;
    if (s.room.wire.transport->check(s.room.wire.transport, &s.room.spec.settings, &err) == 0) {
        r = ask_at(&s, s.one.base, "/ok");
        CHECK_INT(r->failure, HTTP_PROXY);
        CHECK_TEXT(r->failure_text, "ProxyError('no proxy leads to a Unix socket')");
        http_response_free(r);
    }
    CHECK(close_sockets(&s));
}

static void turn_for(struct wire *w, uint64_t ns)
{
    uint64_t end_ns = clock_now_ns(&w->clock) + ns;
    while (clock_now_ns(&w->clock) < end_ns)
        loop_turn(w->loop, false);
}

/* The queue of a server that is slow to accept has room for one: the others wait for theirs. */
TEST(a_full_queue_of_a_unix_socket)
{
    enum { USERS = 5 };
    struct sockets s;
    struct raw_server slow;
    struct http_session *users[USERS];
    struct http_request *requests[USERS];
    open_sockets(&s, answer);
    raw_server_bind_unix(&slow, s.folder, "slow", 0, answer);
    snprintf(s.text, sizeof(s.text), "%s/ok", slow.base);
    for (int i = 0; i < USERS; i++) {
        users[i] = http_session_new(s.room.wire.transport);
        s.room.spec.settings.connect_s = i == 1 ? 0.02 : 60;
        s.room.spec.url = STR("http+unix://nowhere/");
        http_response_free(wire_ask(&s.room.wire, users[i], &s.room.spec));
        s.room.spec.url = str_of(s.text);
        requests[i] = wire_start(&s.room.wire, users[i], &s.room.spec);
    }
    wire_wait(&s.room.wire, requests[1]);
    struct http_response *r = http_request_take_response(requests[1]);
    CHECK_INT(r->failure, HTTP_CONNECT_TIMEOUT);
    CHECK(!http_request_was_sent(requests[1]));
    http_response_free(r);
    turn_for(&s.room.wire, 5 * NS_PER_MS);
    http_request_cancel(requests[2]);
    CHECK(!http_request_was_sent(requests[2]));
    for (int i = 3; i < USERS; i++)
        CHECK(!http_request_is_done(requests[i]) && !http_request_was_sent(requests[i]));
    raw_server_begin(&slow);
    for (int i = 0; i < USERS; i++) {
        if (i == 0 || i > 2) {
            wire_wait(&s.room.wire, requests[i]);
            r = http_request_take_response(requests[i]);
            CHECK_INT(r->status, 200);
            http_response_free(r);
        }
        http_request_free(requests[i]);
        http_session_free(users[i]);
    }
    CHECK_INT(slow.requests, 3);
    raw_server_close(&slow);
    CHECK(close_sockets(&s));
}

static struct sources *case_sources_of(const char *one, const char *other)
{
    struct err err = ERR_INIT;
    struct sources *s = sources_new();
    if (sources_add(s, str_of(one), &err) < 0 || sources_add(s, str_of(other), &err) < 0)
        BUG(err.text);
    case_sources = s;
    return s;
}

TEST(each_user_has_a_source)
{
    static const char *const expected[] = {"127.0.0.7", "127.0.0.8", "127.0.0.7"};
    struct sources *sources = case_sources_of("127.0.0.7", "127.0.0.8");
    struct room room;
    open_room(&room);
    for (size_t i = 0; i < 3; i++) {
        struct http_session *user = http_session_new(room.wire.transport);
        http_response_free(wire_ask(&room.wire, user, to(&room, "/ok")));
        CHECK_TEXT(room.server.peer, expected[i]);
        // one that has to connect again keeps it
        http_response_free(wire_ask(&room.wire, user, to(&room, "/last")));
        http_response_free(wire_ask(&room.wire, user, to(&room, "/ok")));
        CHECK_TEXT(room.server.peer, expected[i]);
        http_session_free(user);
    }
    room.spec.url = STR("http://[::1]:9/");
    struct http_response *r = wire_ask(&room.wire, room.session, &room.spec);
    CHECK_INT(r->failure, HTTP_NO_SOURCE);
    CHECK_TEXT(r->failure_text, "SourceAddressError('the server has IPv6 addresses alone, and "
                                "--bind gives none')");
    http_response_free(r);
    // with an address of each kind, the one that can be tried says why it failed
    snprintf(room.url, sizeof(room.url), "http://localhost:%d/", 1);
    room.spec.url = str_of(room.url);
    r = wire_ask(&room.wire, room.session, &room.spec);
    CHECK_INT(r->failure, HTTP_REFUSED);
    http_response_free(r);
    CHECK(close_room(&room));
    case_sources = NULL;
    sources_free(sources);
}

/* The path at a host that is given, by the port of the room's server. */
static struct http_response *ask_host(struct room *room, const char *host, const char *path)
{
    snprintf(room->url, sizeof(room->url), "http://%s:%d%s", host, room->server.port, path);
    room->spec.url = str_of(room->url);
    return wire_ask(&room->wire, room->session, &room->spec);
}

/* "HOST:PORT:ADDRESSES". */
static void override(struct overrides *o, const char *host, int port, const char *addresses)
{
    char rule[200];
    struct err err = ERR_INIT;
    snprintf(rule, sizeof(rule), "%s:%d:%s", host, port, addresses);
    if (overrides_add(o, str_of(rule), &err) < 0)
        BUG(err.text);
}

TEST(addresses_that_are_given)
{
    static const char *const hosts[] = {"shop.test", "SHOP.test.", "192.0.2.1", "b\u00fccher.test"};
    struct overrides *o = overrides_new();
    struct room room;
    open_room(&room);
    override(o, "Shop.Test", room.server.port, "127.0.0.1");
    override(o, "192.0.2.1", room.server.port, "127.0.0.1");
    override(o, "b\u00fccher.test", room.server.port, "[::1],127.0.0.1"); // the first refuses
    resolver_use_overrides(room.wire.resolver, o);
    for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
        struct http_response *r = ask_host(&room, hosts[i], "/ok");
        CHECK_INT(r->failure, HTTP_OK);
        CHECK_INT(r->status, 200);
        http_response_free(r);
        http_response_free(ask_host(&room, hosts[i], "/ok"));
        CHECK_INT(room.server.connections, i + 1);
    }
    CHECK(strstr(raw_last(&room.server), "\r\nHost: xn--bcher-kva.test:") != NULL);
    struct http_response *r = ask_host(&room, "other..test", "/ok");
    CHECK_INT(r->failure, HTTP_NAME_UNKNOWN);
    http_response_free(r);
    override(o, "*", room.server.port, "127.0.0.1");
    r = ask_host(&room, "any.test", "/ok");
    CHECK_INT(r->status, 200);
    http_response_free(r);
    CHECK(close_room(&room));
    overrides_free(o);
}

TEST(users_begin_with_different_addresses)
{
    struct overrides *o = overrides_new();
    struct raw_server second;
    struct room room;
    struct http_session *users[4];
    open_room(&room);
    raw_server_open_at(&second, "127.0.0.2", room.server.port, answer);
    override(o, "h.test", room.server.port, "127.0.0.1,127.0.0.2");
    resolver_use_overrides(room.wire.resolver, o);
    to(&room, "");
    snprintf(room.url, sizeof(room.url), "http://h.test:%d/ok", room.server.port);
    room.spec.url = str_of(room.url);
    for (int i = 0; i < 4; i++) {
        users[i] = http_session_new(room.wire.transport);
        http_response_free(wire_ask(&room.wire, users[i], &room.spec));
        CHECK_INT(room.server.connections, i / 2 + 1);
        CHECK_INT(second.connections, (i + 1) / 2);
    }
    for (int i = 0; i < 4; i++)
        http_session_disconnect(users[i]);
    raw_server_close(&second);
    for (int i = 0; i < 4; i++) { // whoever begins with the one that has gone comes to the other
        struct http_response *r = wire_ask(&room.wire, users[i], &room.spec);
        CHECK_INT(r->status, 200);
        http_response_free(r);
        http_session_free(users[i]);
    }
    CHECK_INT(room.server.connections, 6);
    CHECK(close_room(&room));
    overrides_free(o);
}

TEST(names_of_this_machine)
{
    static const char *const hosts[] = {"localhost", "localhost.", "LOCALHOST.", "shop.localhost"};
    struct room room;
    open_room(&room);
    for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
        for (int k = 0; k < 2; k++) {
            struct http_response *r = ask_host(&room, hosts[i], "/ok");
            CHECK_INT(r->failure, HTTP_OK);
            CHECK_INT(r->status, 200);
            CHECK(r->timings.dns == 0);
            http_response_free(r);
        }
    }
    CHECK(close_room(&room));
}

/* All of them. */
#define RUN_ADDRESS_CASES                      \
    RUN(a_unix_socket_is_asked);               \
    RUN(redirects_of_a_unix_socket);           \
    RUN(cookies_of_a_unix_socket);             \
    RUN(no_unix_socket);                       \
    RUN(a_full_queue_of_a_unix_socket);        \
    RUN(each_user_has_a_source);               \
    RUN(addresses_that_are_given);             \
    RUN(users_begin_with_different_addresses); \
    RUN(names_of_this_machine);

#endif
