/* test_server -- listening, connections, their limit, the end. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include <netinet/in.h>
#include <sys/resource.h>

#include "base/log.h"
#include "rig.h"
#include "serve/server.h"

#define GET "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
#define GET_CLOSE "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

static void say_ok(void *self, struct exchange_in *x)
{
    (void)self;
    server_answer(x, &(struct server_reply){.status = 200, .body = STR("ok")});
}

static void keep(void *self, struct exchange_in *x)
{
    struct exchange_in **kept = self;

    *kept = x;
}

static struct server *start_one(struct rig *r, unsigned connections, server_handler *handler,
                                void *self, bool is_silent)
{
    struct err err = ERR_INIT;

    rig_init(r);
    return server_new(r->loop,
                      &(struct server_options){
                          .bind = "127.0.0.1",
                          .connections = connections,
                          .body_limit = 1000,
                          .is_silent = is_silent,
                      },
                      handler, self, &err);
}

static struct server *start(struct rig *r, unsigned connections, server_handler *handler,
                            void *self)
{
    return start_one(r, connections, handler, self, false);
}

TEST(answers_and_keeps_the_connection)
{
    struct rig r;
    struct server *s = start(&r, 10, say_ok, NULL);
    int fd = rig_connect(server_port(s));

    for (int i = 0; i < 3; i++) {
        rig_send(&r, fd, STR(GET));
        const char *answer = rig_read(&r, fd, false);
        CHECK_INT(rig_status(answer), 200);
        CHECK_TEXT(rig_body(answer), "ok");
    }
    CHECK_INT(server_connections(s), 1);
    CHECK_INT(server_accepted(s), 1);
    close(fd);
    while (server_connections(s) > 0)
        loop_turn(r.loop, true);
    server_free(s);
    CHECK(rig_release(&r));
}

TEST(answers_what_was_sent_at_once_in_order)
{
    struct rig r;
    struct server *s = start(&r, 10, say_ok, NULL);

    const char *both = rig_talk(&r, server_port(s), GET GET_CLOSE);
    const char *second = strstr(both + 1, "HTTP/1.1 200");
    CHECK(second != NULL);
    CHECK_TEXT(rig_body(second), "ok");
    server_free(s);
    CHECK(rig_release(&r));
}

TEST(further_connections_wait_for_room)
{
    struct rig r;
    struct server *s = start(&r, 2, say_ok, NULL);
    int fds[3];

    for (int i = 0; i < 3; i++) {
        fds[i] = rig_connect(server_port(s));
        rig_send(&r, fds[i], STR(GET));
    }
    rig_read(&r, fds[0], false);
    CHECK_INT(rig_status(rig_read(&r, fds[1], false)), 200);
    CHECK_INT(server_accepted(s), 2);
    close(fds[0]);
    CHECK_INT(rig_status(rig_read(&r, fds[2], false)), 200);
    CHECK_INT(server_accepted(s), 3);
    CHECK_INT(server_connections(s), 2);
    server_free(s);
    close(fds[1]);
    close(fds[2]);
    CHECK(rig_release(&r));
}

TEST(serves_more_than_one_shard_holds)
{
    enum { N = 600 };
    struct rig r;
    struct server *s = start(&r, N, say_ok, NULL);
    static int fds[N];
    int answered = 0;

    for (int i = 0; i < N; i++) {
        fds[i] = rig_connect(server_port(s));
        rig_send(&r, fds[i], STR(GET));
    }
    for (int i = 0; i < N; i++)
        answered += rig_status(rig_read(&r, fds[i], false)) == 200;
    CHECK_INT(answered, N);
    CHECK_INT(server_connections(s), N);
    for (int i = 0; i < N; i++)
        close(fds[i]);
    while (server_connections(s) > 0)
        loop_turn(r.loop, true);
    server_free(s);
    CHECK(rig_release(&r));
}

TEST(the_end_drops_what_was_not_answered)
{
    struct rig r;
    struct exchange_in *kept = NULL;
    struct server *s = start(&r, 10, keep, &kept);
    int fd = rig_connect(server_port(s));

    rig_send(&r, fd, STR(GET));
    while (kept == NULL)
        loop_turn(r.loop, true);
    server_free(s);
    CHECK(rig_release(&r));
    char c;
    CHECK_INT(recv(fd, &c, 1, 0), 0);
    close(fd);
}

static void count_line(void *self, struct str line)
{
    int *lines = self;

    *lines += str_contains(line, STR("Too many open files"));
}

/* What the log has of it, and how many were accepted: of one who connects while no descriptor is left. */
static int lines_without_descriptors(bool is_silent, uint64_t *accepted, int *status_later)
{
    struct rig r;
    struct rlimit before, now;
    int lines = 0;
    struct server *s = start_one(&r, 10, say_ok, NULL, is_silent);
    int fd = rig_connect(server_port(s));

    rig_send(&r, fd, STR(GET));
    log_set_sink(count_line, &lines);
    getrlimit(RLIMIT_NOFILE, &before);
    now = before;
    now.rlim_cur = (rlim_t)fd + 1;
    setrlimit(RLIMIT_NOFILE, &now);
    while (rig_now_ms(&r) < 300) // each try is a tenth of a second later
        loop_turn(r.loop, true);
    setrlimit(RLIMIT_NOFILE, &before);
    log_set_sink(NULL, NULL);
    *accepted = server_accepted(s);
    *status_later = rig_status(rig_read(&r, fd, false));
    close(fd);
    server_free(s);
    return rig_release(&r) ? lines : -1;
}

TEST(waits_when_descriptors_run_out)
{
    uint64_t accepted;
    int status;

    CHECK_INT(lines_without_descriptors(false, &accepted, &status), 1);
    CHECK_INT(accepted, 0);
    CHECK_INT(status, 200);
}

TEST(says_nothing_in_a_log_that_is_not_its_threads)
{
    uint64_t accepted;
    int status;

    CHECK_INT(lines_without_descriptors(true, &accepted, &status), 0);
    CHECK_INT(status, 200);
}

TEST(refuses_an_address_that_is_none)
{
    struct rig r;
    struct err err = ERR_INIT;

    rig_init(&r);
    CHECK(server_new(r.loop, &(struct server_options){.bind = "no such", .connections = 1}, say_ok,
                     NULL, &err) == NULL);
    CHECK_TEXT(err.text,
               "cannot listen on 'no such': expected an address such as 127.0.0.1 or ::1");
    CHECK(rig_release(&r));
}

TEST(refuses_a_port_that_is_taken)
{
    struct rig r;
    struct err err = ERR_INIT;
    struct server *s = start(&r, 10, say_ok, NULL);
    struct server_options options = {
        .bind = "127.0.0.1",
        .port = server_port(s),
        .connections = 1,
    };
    char expected[100];

    CHECK(server_new(r.loop, &options, say_ok, NULL, &err) == NULL);
    snprintf(expected, sizeof expected,
             "cannot listen on 127.0.0.1 port %d: Address already in use", options.port);
    CHECK_TEXT(err.text, expected);
    server_free(s);
    CHECK(rig_release(&r));
}

TEST(listens_on_the_other_family)
{
    struct rig r;
    struct err err = ERR_INIT;
    struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};

    rig_init(&r);
    struct server *s = server_new(r.loop, &(struct server_options){.bind = "::1", .connections = 1},
                                  say_ok, NULL, &err);
    if (s == NULL) {
        CHECK(strstr(err.text, "cannot listen on ::1") == err.text); // a machine without IPv6
        CHECK(rig_release(&r));
        return;
    }
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    at.sin6_port = htons(server_port(s));
    CHECK_INT(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    rig_send(&r, fd, STR(GET_CLOSE));
    loop_turn(r.loop, true); // accepts: the socket blocks
    CHECK_INT(server_accepted(s), 1);
    server_free(s);
    close(fd);
    CHECK(rig_release(&r));
}

TEST_MAIN(RUN(answers_and_keeps_the_connection); RUN(answers_what_was_sent_at_once_in_order);
          RUN(further_connections_wait_for_room); RUN(serves_more_than_one_shard_holds);
          RUN(the_end_drops_what_was_not_answered); RUN(waits_when_descriptors_run_out);
          RUN(says_nothing_in_a_log_that_is_not_its_threads); RUN(refuses_an_address_that_is_none);
          RUN(refuses_a_port_that_is_taken); RUN(listens_on_the_other_family);)
