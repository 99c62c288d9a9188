/* test_exchange -- answers now and later, of every kind; drops; clients that leave. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include "loop/timer.h"
#include "rig.h"
#include "serve/server.h"

#define GET "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
#define GET_CLOSE "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

/* What the handler is to do, and what it saw. */
struct scene {
    struct rig rig;
    struct server *server;
    void (*act)(struct scene *scene, struct exchange_in *x);
    struct exchange_in *kept;
    struct timer timer;
    int calls, gone;
    size_t body_n;
};

static void handle(void *self, struct exchange_in *x)
{
    struct scene *scene = self;

    scene->calls++;
    scene->body_n = server_body(x).n;
    scene->act(scene, x);
}

static uint16_t start(struct scene *scene, void (*act)(struct scene *scene, struct exchange_in *x))
{
    *scene = (struct scene){.act = act};
    rig_init(&scene->rig);
    scene->server = server_new(scene->rig.loop,
                               &(struct server_options){
                                   .bind = "127.0.0.1",
                                   .connections = 100,
                                   .body_limit = 100000,
                               },
                               handle, scene, NULL);
    return server_port(scene->server);
}

static bool end(struct scene *scene)
{
    server_free(scene->server);
    return rig_release(&scene->rig);
}

static void say_ok(struct scene *scene, struct exchange_in *x)
{
    (void)scene;
    server_answer(x, &(struct server_reply){.status = 200, .body = STR("ok")});
}

static void answer_kept(void *self)
{
    struct scene *scene = self;

    say_ok(scene, scene->kept);
}

static void answer_in_50_ms(struct scene *scene, struct exchange_in *x)
{
    scene->kept = x;
    timer_init(&scene->timer, answer_kept, scene);
    timer_start_at(scene->rig.loop, &scene->timer, server_received_ns(x) + 50 * NS_PER_MS);
}

TEST(answers_later_at_that_time)
{
    struct scene scene;
    uint16_t port = start(&scene, answer_in_50_ms);
    int fd = rig_connect(port);

    for (int i = 1; i <= 3; i++) {
        rig_send(&scene.rig, fd, STR(GET));
        CHECK_TEXT(rig_body(rig_read(&scene.rig, fd, false)), "ok");
        CHECK_DOUBLE(rig_now_ms(&scene.rig), 50.0 * i, 0);
    }
    close(fd);
    CHECK(end(&scene));
}

static void drop_kept(void *self)
{
    struct scene *scene = self;

    server_drop(scene->kept);
}

static void drop_later(struct scene *scene, struct exchange_in *x)
{
    scene->kept = x;
    timer_init(&scene->timer, drop_kept, scene);
    timer_start(scene->rig.loop, &scene->timer, NS_PER_MS);
}

static void drop_now(struct scene *scene, struct exchange_in *x)
{
    (void)scene;
    server_drop(x);
}

TEST(drops_close_without_an_answer)
{
    struct scene scene;
    uint16_t port = start(&scene, drop_now);

    CHECK_TEXT(rig_talk(&scene.rig, port, GET), "");
    scene.act = drop_later;
    CHECK_TEXT(rig_talk(&scene.rig, port, GET), "");
    CHECK_INT(scene.calls, 2);
    CHECK(end(&scene));
}

static void count_gone(void *self)
{
    struct scene *scene = self;

    scene->gone++;
    server_drop(scene->kept);
}

static void keep_watched(struct scene *scene, struct exchange_in *x)
{
    scene->kept = x;
    server_on_gone(x, count_gone, scene);
}

TEST(tells_when_the_client_leaves)
{
    struct scene scene;
    uint16_t port = start(&scene, keep_watched);
    int fd = rig_connect(port);

    rig_send(&scene.rig, fd, STR(GET));
    while (scene.calls == 0)
        loop_turn(scene.rig.loop, true);
    close(fd);
    while (server_connections(scene.server) > 0)
        loop_turn(scene.rig.loop, true);
    CHECK_INT(scene.gone, 1);
    CHECK(end(&scene));
}

TEST(what_is_sent_early_is_no_leaving)
{
    struct scene scene;
    uint16_t port = start(&scene, keep_watched);
    int fd = rig_connect(port);

    rig_send(&scene.rig, fd, STR(GET));
    while (scene.calls == 0)
        loop_turn(scene.rig.loop, true);
    rig_send(&scene.rig, fd, STR(GET_CLOSE));
    for (int i = 0; i < 3; i++)
        loop_turn(scene.rig.loop, false);
    CHECK_INT(scene.gone, 0);
    scene.act = say_ok;
    say_ok(&scene, scene.kept);
    const char *both = rig_read(&scene.rig, fd, true);
    CHECK(strstr(both + 1, "HTTP/1.1 200") != NULL);
    CHECK_INT(scene.calls, 2);
    close(fd);
    CHECK(end(&scene));
}

static void answer_fully(struct scene *scene, struct exchange_in *x)
{
    const struct str headers[][2] = {
        {STR("Set-Cookie"), STR("a=1")},
        {STR("Set-Cookie"), STR("b=2")},
    };

    (void)scene;
    server_answer(x, &(struct server_reply){
                         .status = 418,
                         .body = STR("short and stout"),
                         .content_type = STR("text/plain"),
                         .headers = headers,
                         .n_headers = 2,
                         .close = true,
                     });
}

TEST(sends_status_headers_and_body)
{
    struct scene scene;
    uint16_t port = start(&scene, answer_fully);
    const char *answer = rig_talk(&scene.rig, port, GET);

    CHECK_INT(rig_status(answer), 418);
    CHECK(strstr(answer, "\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n") != NULL);
    CHECK(strstr(answer, "\r\nContent-Type: text/plain\r\n") != NULL);
    CHECK(strstr(answer, "\r\nConnection: close\r\n") != NULL);
    CHECK(strstr(answer, "\r\nContent-Length: 15\r\n") != NULL);
    CHECK_TEXT(rig_body(answer), "short and stout");
    CHECK(end(&scene));
}

static void answer_split(struct scene *scene, struct exchange_in *x)
{
    const struct str headers[][2] = {{STR("Location"), STR("/a\r\nX-Evil: 1")}};

    (void)scene;
    server_answer(x, &(struct server_reply){.status = 302, .headers = headers, .n_headers = 1});
}

static void answer_with_nul(struct scene *scene, struct exchange_in *x)
{
    const struct str headers[][2] = {{STR("Location"), STR("/a\0b")}};

    (void)scene;
    server_answer(x, &(struct server_reply){.status = 302, .headers = headers, .n_headers = 1});
}

TEST(a_header_cannot_become_two)
{
    struct scene scene;
    uint16_t port = start(&scene, answer_split);
    const char *answer = rig_talk(&scene.rig, port, GET_CLOSE);

    CHECK_INT(rig_status(answer), 500);
    CHECK(strstr(answer, "Evil") == NULL);
    scene.act = answer_with_nul;
    CHECK_INT(rig_status(rig_talk(&scene.rig, port, GET_CLOSE)), 500);
    CHECK(end(&scene));
}

static void answer_chunked(struct scene *scene, struct exchange_in *x)
{
    (void)scene;
    server_answer_repeated(x, &(struct server_reply){.status = 200, .body = STR("abc")}, 9, true);
}

static void answer_no_chunk(struct scene *scene, struct exchange_in *x)
{
    (void)scene;
    server_answer_repeated(x, &(struct server_reply){.status = 200, .body = STR("abc")}, 0, true);
}

static void answer_long(struct scene *scene, struct exchange_in *x)
{
    (void)scene;
    server_answer_repeated(x, &(struct server_reply){.status = 200, .body = STR("0123456")},
                           1000000, false);
}

TEST(sends_bodies_that_are_made_on_the_way)
{
    struct scene scene;
    uint16_t port = start(&scene, answer_chunked);
    const char *answer = rig_talk(&scene.rig, port, GET_CLOSE);

    CHECK(strstr(answer, "\r\nTransfer-Encoding: chunked\r\n") != NULL);
    CHECK_TEXT(rig_body(answer), "3\r\nabc\r\n3\r\nabc\r\n3\r\nabc\r\n0\r\n\r\n");
    scene.act = answer_no_chunk;
    CHECK_TEXT(rig_body(rig_talk(&scene.rig, port, GET_CLOSE)), "0\r\n\r\n");

    scene.act = answer_long;
    answer = rig_talk(&scene.rig, port, GET_CLOSE);
    CHECK(strstr(answer, "\r\nContent-Length: 1000000\r\n") != NULL);
    const char *body = rig_body(answer);
    CHECK_INT(strlen(body), 1000000);
    for (size_t i = 0; i < 1000000; i++)
        CHECK_INT(body[i], "0123456"[i % 7]);
    CHECK(end(&scene));
}

TEST(a_long_body_outlives_neither_client_nor_server)
{
    struct scene scene;
    uint16_t port = start(&scene, answer_long);
    int fd = rig_connect(port);

    rig_send(&scene.rig, fd, STR(GET));
    while (scene.calls == 0)
        loop_turn(scene.rig.loop, true);
    close(fd); // with most of it unread
    while (server_connections(scene.server) > 0)
        loop_turn(scene.rig.loop, true);
    fd = rig_connect(port);
    rig_send(&scene.rig, fd, STR(GET));
    while (scene.calls == 1)
        loop_turn(scene.rig.loop, true);
    CHECK(end(&scene));
    close(fd);
}

static void answer_spaced(struct scene *scene, struct exchange_in *x)
{
    (void)scene;
    server_answer_spaced(x, &(struct server_reply){.status = 200, .body = STR("abc")}, 3,
                         s_to_ns(0.25));
}

TEST(spaces_out_what_is_said_again)
{
    struct scene scene;
    uint16_t port = start(&scene, answer_spaced);

    CHECK_TEXT(rig_body(rig_talk(&scene.rig, port, GET_CLOSE)),
               "3\r\nabc\r\n3\r\nabc\r\n3\r\nabc\r\n0\r\n\r\n");
    CHECK_DOUBLE(rig_now_ms(&scene.rig), 500, 0);
    // one that leaves in the middle
    int fd = rig_connect(port);
    rig_send(&scene.rig, fd, STR(GET));
    while (scene.calls == 1)
        loop_turn(scene.rig.loop, true);
    close(fd);
    while (server_connections(scene.server) > 0)
        loop_turn(scene.rig.loop, true);
    // and a server that ends in the middle
    fd = rig_connect(port);
    rig_send(&scene.rig, fd, STR(GET));
    while (scene.calls == 2)
        loop_turn(scene.rig.loop, true);
    loop_turn(scene.rig.loop, false);
    CHECK(end(&scene));
    close(fd);
}

static const char *post(struct scene *scene, uint16_t port, size_t n)
{
    struct buf request = BUF_INIT;

    buf_addf(&request,
             "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n", n);
    buf_add_many(&request, 'x', n);
    const char *answer = rig_talk(&scene->rig, port, buf_cstr(&request));
    buf_release(&request);
    return answer;
}

TEST(bodies_have_a_limit)
{
    struct scene scene;
    uint16_t port = start(&scene, say_ok);

    CHECK_INT(rig_status(post(&scene, port, 100000)), 200);
    CHECK_INT(scene.body_n, 100000);
    CHECK_INT(rig_status(post(&scene, port, 100001)), 413);
    CHECK_INT(scene.calls, 1);
    CHECK_INT(rig_status(post(&scene, port, 1)), 200);
    CHECK_INT(scene.body_n, 1);
    CHECK(end(&scene));
}

TEST(headers_have_a_limit)
{
    struct scene scene;
    struct buf request = BUF_INIT;
    uint16_t port = start(&scene, say_ok);

    buf_add_cstr(&request, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: ");
    buf_add_many(&request, 'x', 100000);
    buf_add_cstr(&request, "\r\n\r\n");
    int status = rig_status(rig_talk(&scene.rig, port, buf_cstr(&request)));
    // The rest of what it sent may have been answered by a reset before the answer was read.
    CHECK(status == 431 || status == 0);
    CHECK_INT(scene.calls, 0);
    buf_release(&request);
    CHECK(end(&scene));
}

TEST(garbage_reaches_no_handler)
{
    static const char *const garbage[] = {
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    };
    struct scene scene;
    uint16_t port = start(&scene, say_ok);

    for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
        int fd = rig_connect(port);
        rig_send(&scene.rig, fd, str_of(garbage[i]));
        shutdown(fd, SHUT_WR);
        rig_read(&scene.rig, fd, true);
        close(fd);
        CHECK_INT(scene.calls, 0);
    }
    CHECK_INT(rig_status(rig_talk(&scene.rig, port, GET_CLOSE)), 200);
    CHECK(end(&scene));
}

TEST(what_is_cut_off_in_its_body_is_closed)
{
    struct scene scene;
    uint16_t port = start(&scene, say_ok);
    int fd = rig_connect(port);

    rig_send(&scene.rig, fd, STR("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"));
    shutdown(fd, SHUT_WR);
    CHECK_TEXT(rig_read(&scene.rig, fd, true), "");
    CHECK_INT(scene.calls, 0);
    close(fd);
    CHECK(end(&scene));
}

TEST_MAIN(RUN(answers_later_at_that_time); RUN(drops_close_without_an_answer);
          RUN(tells_when_the_client_leaves); RUN(what_is_sent_early_is_no_leaving);
          RUN(sends_status_headers_and_body); RUN(a_header_cannot_become_two);
          RUN(sends_bodies_that_are_made_on_the_way);
          RUN(a_long_body_outlives_neither_client_nor_server); RUN(spaces_out_what_is_said_again);
          RUN(bodies_have_a_limit); RUN(headers_have_a_limit); RUN(garbage_reaches_no_handler);
          RUN(what_is_cut_off_in_its_body_is_closed);)
