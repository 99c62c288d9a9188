/* test_stream -- bytes over TCP and Unix sockets, and how they end. */
// SPDX-License-Identifier: MIT
#include "net/stream.h"

#include "base/buf.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>

#include "../check.h"
#include "peer.h"

/* One who listens to a stream. */
struct ear {
    struct stream *stream;
    int connected, failed, readable, drained;
    struct stream_error why;
    bool leaves, closes; /* at `readable`: reads nothing; closes it */
    size_t piece;        /* reads so many bytes at once; 0: many */
    struct buf heard;
    bool has_ended;
};

static void on_connected(void *self)
{
    ((struct ear *)self)->connected++;
}

static void on_failed(void *self, const struct stream_error *why)
{
    struct ear *e = self;
    e->failed++;
    e->why = *why;
    if (e->closes) {
        stream_close(e->stream);
        e->stream = NULL;
    }
}

static void on_drained(void *self)
{
    ((struct ear *)self)->drained++;
}

static void read_all(struct ear *e)
{
    char bytes[65536];
    ptrdiff_t n;
    while ((n = stream_read(e->stream, bytes, e->piece > 0 ? e->piece : sizeof(bytes), &e->why)) >
           0)
        buf_add(&e->heard, bytes, (size_t)n);
    e->has_ended = n < 0;
}

static void on_readable(void *self)
{
    struct ear *e = self;
    e->readable++;
    if (e->closes) {
        stream_close(e->stream);
        e->stream = NULL;
    } else if (!e->leaves) {
        read_all(e);
    }
}

static struct stream_events events_of(struct ear *e)
{
    return (struct stream_events){.self = e,
                                  .readable = on_readable,
                                  .connected = on_connected,
                                  .failed = on_failed,
                                  .drained = on_drained};
}

/* A room with a server's ear, and one connection between them. */
struct scene {
    struct room room;
    struct ear ear;
    int server, peer;
    uint16_t port;
};

static void start(struct scene *scene)
{
    struct stream_target target = {.host = STR("127.0.0.1"), .port = scene->port};
    struct stream_events events = events_of(&scene->ear);
    scene->ear.stream = stream_start(scene->room.loop, scene->room.resolver, &target, &events);
}

static void listen_only(struct scene *scene)
{
    *scene = (struct scene){.peer = -1};
    open_room(&scene->room);
    scene->server = listen_at("127.0.0.1", 5, &scene->port);
}

static void connect_pair(struct scene *scene)
{
    start(scene);
    scene->peer = accept(scene->server, NULL, NULL);
    TURN_UNTIL(&scene->room, scene->ear.connected + scene->ear.failed > 0);
}

static void open_scene(struct scene *scene)
{
    listen_only(scene);
    start(scene);
    TURN_UNTIL(&scene->room, scene->ear.connected + scene->ear.failed > 0);
    scene->peer = accept(scene->server, NULL, NULL);
}

static bool close_scene(struct scene *scene)
{
    stream_close(scene->ear.stream);
    buf_release(&scene->ear.heard);
    if (scene->peer >= 0)
        close(scene->peer);
    close(scene->server);
    return close_room(&scene->room);
}

static int say(struct ear *e, const char *text)
{
    struct str piece = str_of(text);
    return stream_write(e->stream, &piece, 1);
}

/* What the peer gets, n bytes of it, as long as the loop has to turn for it. */
static struct buf hear(struct scene *scene, size_t n)
{
    struct buf heard = BUF_INIT;
    char bytes[4096];
    fcntl(scene->peer, F_SETFL, O_NONBLOCK);
    while (heard.n < n) {
        ssize_t got = recv(scene->peer, bytes, sizeof(bytes), 0);
        if (got == 0 || (got < 0 && errno != EAGAIN))
            break;
        if (got > 0)
            buf_add(&heard, bytes, (size_t)got);
        else
            loop_turn(scene->room.loop, false);
    }
    return heard;
}

static void tell(struct scene *scene, const char *text)
{
    if (send(scene->peer, text, strlen(text), MSG_NOSIGNAL) != (ssize_t)strlen(text))
        BUG("the peer can't write");
}

TEST(says_and_hears)
{
    struct scene scene;
    listen_only(&scene);
    start(&scene);
    CHECK_INT(scene.ear.connected, 0); // not before it returned
    TURN_UNTIL(&scene.room, scene.ear.connected);
    scene.peer = accept(scene.server, NULL, NULL);
    const struct stream_timings *t = stream_timings(scene.ear.stream);
    CHECK(t->start_ns > 0 && t->resolved_ns == 0 && t->secured_ns == 0);
    CHECK(t->connected_ns >= t->start_ns);
    struct str pieces[] = {STR("GET / HTTP/1.1\r\n"), STR_EMPTY, STR("\r\n"), STR("body")};
    CHECK_INT(stream_write(scene.ear.stream, pieces, 4), 0);
    CHECK(stream_is_drained(scene.ear.stream));
    struct buf heard = hear(&scene, 22);
    CHECK_TEXT(buf_cstr(&heard), "GET / HTTP/1.1\r\n\r\nbody");
    buf_release(&heard);
    char byte;
    CHECK_INT(stream_read(scene.ear.stream, &byte, 1, &scene.ear.why), 0); // nothing yet
    tell(&scene, "an answer");
    TURN_UNTIL(&scene.room, scene.ear.heard.n > 0);
    CHECK_TEXT(buf_cstr(&scene.ear.heard), "an answer");
    CHECK_INT(scene.ear.readable, 1);
    CHECK_INT(scene.ear.drained, 0);
    CHECK(close_scene(&scene));
}

TEST(hears_in_pieces)
{
    struct scene scene;
    open_scene(&scene);
    scene.ear.piece = 3;
    tell(&scene, "123456789");
    TURN_UNTIL(&scene.room, scene.ear.heard.n > 0);
    CHECK_TEXT(buf_cstr(&scene.ear.heard), "123456789"); // at once
    tell(&scene, "ab");
    TURN_UNTIL(&scene.room, scene.ear.heard.n > 9);
    scene.ear.leaves = true;
    tell(&scene, "left");
    int before = scene.ear.readable;
    for (int i = 0; i < 3; i++)
        loop_turn(scene.room.loop, true);
    CHECK_INT(scene.ear.readable, before + 3); // told until it is read
    scene.ear.leaves = false;
    loop_turn(scene.room.loop, true);
    CHECK_TEXT(buf_cstr(&scene.ear.heard), "123456789ableft");
    CHECK(close_scene(&scene));
}

TEST(holds_back_what_comes)
{
    struct scene scene;
    open_scene(&scene);
    stream_hold(scene.ear.stream, true);
    stream_hold(scene.ear.stream, true); // no more than once
    tell(&scene, "later");
    for (int i = 0; i < 5; i++)
        loop_turn(scene.room.loop, false);
    CHECK_INT(scene.ear.readable, 0);
    CHECK_INT(say(&scene.ear, "all the same"), 0);
    struct buf heard = hear(&scene, 12);
    CHECK_TEXT(buf_cstr(&heard), "all the same");
    buf_release(&heard);
    stream_hold(scene.ear.stream, false);
    CHECK_INT(scene.ear.readable, 0); // not before it returned
    TURN_UNTIL(&scene.room, scene.ear.heard.n > 0);
    CHECK_TEXT(buf_cstr(&scene.ear.heard), "later");
    // its end, too
    stream_hold(scene.ear.stream, true);
    reset(scene.peer);
    scene.peer = -1;
    for (int i = 0; i < 5; i++)
        loop_turn(scene.room.loop, false);
    CHECK(!scene.ear.has_ended);
    stream_hold(scene.ear.stream, false);
    TURN_UNTIL(&scene.room, scene.ear.has_ended);
    CHECK_INT(scene.ear.why.code, ECONNRESET);
    CHECK(close_scene(&scene));
}

TEST(many_pieces_go_in_order)
{
    struct scene scene;
    struct str pieces[50];
    struct buf expected = BUF_INIT;
    char text[50][16];
    open_scene(&scene);
    for (int i = 0; i < 50; i++) {
        snprintf(text[i], sizeof(text[i]), "%d,", i);
        pieces[i] = str_of(text[i]);
        buf_add_str(&expected, pieces[i]);
    }
    CHECK_INT(stream_write(scene.ear.stream, pieces, 50), 0);
    struct buf heard = hear(&scene, expected.n);
    CHECK_TEXT(buf_cstr(&heard), buf_cstr(&expected));
    buf_release(&heard);
    buf_release(&expected);
    CHECK(close_scene(&scene));
}

/* More than both kernels' buffers hold, in pieces that begin anywhere. */
TEST(keeps_what_does_not_go_at_once)
{
    struct scene scene;
    struct buf all = BUF_INIT;
    int size = 4096;
    listen_only(&scene);
    setsockopt(scene.server, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    start(&scene);
    TURN_UNTIL(&scene.room, scene.ear.connected);
    scene.peer = accept(scene.server, NULL, NULL);
    while (all.n < 8 * 1024 * 1024)
        buf_addf(&all, "%zu ", all.n);
    struct str text = buf_slice(&all);
    struct str pieces[20];
    for (size_t i = 0; i < 20; i++)
        pieces[i] = str_slice(text, i * text.n / 25, (i + 1) * text.n / 25);
    struct str last = str_slice(text, 20 * text.n / 25, text.n);
    CHECK_INT(stream_write(scene.ear.stream, pieces, 20), 0);
    CHECK(!stream_is_drained(scene.ear.stream));
    CHECK_INT(stream_write(scene.ear.stream, &last, 1), 0); // behind the rest
    struct buf heard = hear(&scene, all.n);
    CHECK_INT(heard.n, all.n);
    CHECK(memcmp(heard.p, all.p, all.n) == 0);
    TURN_UNTIL(&scene.room, scene.ear.drained);
    CHECK_INT(scene.ear.drained, 1);
    CHECK(stream_is_drained(scene.ear.stream));
    tell(&scene, "thanks");
    TURN_UNTIL(&scene.room, scene.ear.heard.n > 0);
    CHECK_TEXT(buf_cstr(&scene.ear.heard), "thanks");
    CHECK_INT(say(&scene.ear, "bye"), 0);
    CHECK_INT(scene.ear.drained, 1);
    buf_release(&heard);
    buf_release(&all);
    CHECK(close_scene(&scene));
}

TEST(ends_in_good_order)
{
    struct scene scene;
    open_scene(&scene);
    tell(&scene, "last words");
    close(scene.peer);
    scene.peer = -1;
    TURN_UNTIL(&scene.room, scene.ear.has_ended);
    CHECK_TEXT(buf_cstr(&scene.ear.heard), "last words");
    CHECK_INT(scene.ear.why.failure, STREAM_CLOSED);
    CHECK_INT(scene.ear.failed, 0);
    CHECK(stream_is_dead(scene.ear.stream));
    CHECK_INT(say(&scene.ear, "too late"), -1);
    CHECK(!loop_turn(scene.room.loop, true)); // nothing can happen any more
    char byte;
    CHECK_INT(stream_read(scene.ear.stream, &byte, 1, &scene.ear.why), -1);
    CHECK(close_scene(&scene));
}

TEST(ends_by_a_reset)
{
    struct scene scene;
    open_scene(&scene);
    reset(scene.peer);
    scene.peer = -1;
    TURN_UNTIL(&scene.room, scene.ear.has_ended);
    CHECK_INT(scene.ear.why.failure, STREAM_ERRNO);
    CHECK_INT(scene.ear.why.code, ECONNRESET);
    CHECK_TEXT(scene.ear.why.text, "Connection reset by peer");
    CHECK(close_scene(&scene));
}

/* A server that answers, and breaks off while more is sent to it. */
TEST(hears_an_answer_though_it_cannot_speak)
{
    struct scene scene;
    open_scene(&scene);
    tell(&scene, "413 too large");
    reset(scene.peer);
    scene.peer = -1;
    while (say(&scene.ear, "more") == 0)
        continue;
    CHECK_INT(scene.ear.readable, 0); // not before it returned
    CHECK(stream_is_dead(scene.ear.stream));
    TURN_UNTIL(&scene.room, scene.ear.has_ended);
    CHECK_TEXT(buf_cstr(&scene.ear.heard), "413 too large");
    CHECK_INT(scene.ear.why.failure, STREAM_ERRNO);
    CHECK(scene.ear.why.code == ECONNRESET || scene.ear.why.code == EPIPE);
    CHECK_INT(scene.ear.failed, 0);
    CHECK(close_scene(&scene));
}

TEST(breaks_with_a_rest)
{
    struct scene scene;
    char *much = xcalloc(1, 16 << 20);
    struct str piece = str_make(much, 16 << 20);
    open_scene(&scene);
    CHECK_INT(stream_write(scene.ear.stream, &piece, 1), 0);
    CHECK(!stream_is_drained(scene.ear.stream));
    free(much);
    reset(scene.peer);
    scene.peer = -1;
    TURN_UNTIL(&scene.room, scene.ear.has_ended);
    CHECK_INT(scene.ear.why.code, ECONNRESET);
    CHECK_INT(scene.ear.drained, 0);
    CHECK(close_scene(&scene));
}

static void wait_for_event(int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    poll(&wait, 1, -1);
}

/* The descriptor of the stream's socket: the newest one. */
static int newest(void)
{
    int fd = dup(0);
    close(fd);
    return fd - 1;
}

TEST(an_idle_one_knows_that_it_is_dead)
{
    for (int how = 0; how < 3; how++) {
        struct scene scene;
        listen_only(&scene);
        start(&scene);
        TURN_UNTIL(&scene.room, scene.ear.connected);
        int fd = newest();
        scene.peer = accept(scene.server, NULL, NULL);
        CHECK(!stream_is_dead(scene.ear.stream));
        if (how == 0)
            close(scene.peer);
        else if (how == 1)
            reset(scene.peer);
        else
            tell(&scene, "unasked");
        if (how < 2)
            scene.peer = -1;
        wait_for_event(fd);
        CHECK(stream_is_dead(scene.ear.stream)); // no turn of the loop was needed
        stream_set_events(scene.ear.stream, &(struct stream_events){.self = NULL});
        CHECK(!loop_turn(scene.room.loop, true)); // it looked by itself
        CHECK(stream_is_dead(scene.ear.stream));
        CHECK(close_scene(&scene));
    }
}

TEST(is_handed_on)
{
    struct scene scene;
    struct ear other = {0};
    open_scene(&scene);
    other.stream = scene.ear.stream;
    struct stream_events events = events_of(&other);
    stream_set_events(scene.ear.stream, &events);
    tell(&scene, "for another");
    TURN_UNTIL(&scene.room, other.heard.n > 0);
    CHECK_INT(scene.ear.readable, 0);
    CHECK_TEXT(buf_cstr(&other.heard), "for another");
    buf_release(&other.heard);
    CHECK(close_scene(&scene));
}

TEST(fails_to_connect)
{
    struct scene scene;
    listen_only(&scene);
    close(scene.server);
    scene.server = refuse_at("127.0.0.1", &scene.port);
    scene.ear.closes = true;
    start(&scene);
    CHECK_INT(scene.ear.failed, 0);
    TURN_UNTIL(&scene.room, scene.ear.failed);
    CHECK_INT(scene.ear.why.code, ECONNREFUSED);
    CHECK(scene.ear.stream == NULL);
    scene.ear.closes = false;
    start(&scene);
    TURN_UNTIL(&scene.room, scene.ear.failed > 1);
    CHECK(stream_is_dead(scene.ear.stream));
    CHECK_INT(say(&scene.ear, "nobody"), -1);
    CHECK(close_scene(&scene));
}

TEST(closes_at_any_time)
{
    struct scene scene;
    listen_only(&scene);
    start(&scene);
    stream_close(scene.ear.stream); // it dials
    start(&scene);
    TURN_UNTIL(&scene.room, scene.ear.connected);
    stream_close(scene.ear.stream); // connected
    CHECK_INT(scene.ear.connected, 1);
    close(accept(scene.server, NULL, NULL));
    close(accept(scene.server, NULL, NULL));
    connect_pair(&scene);
    scene.ear.closes = true;
    tell(&scene, "hear, and close");
    TURN_UNTIL(&scene.room, scene.ear.stream == NULL);
    CHECK_INT(scene.ear.readable, 1);
    stream_close(NULL);
    CHECK(close_scene(&scene));
}

TEST(speaks_over_a_unix_socket)
{
    struct scene scene = {.peer = -1};
    char path[64];
    open_room(&scene.room);
    snprintf(path, sizeof(path), "/tmp/katydid-stream-%d.sock", (int)getpid());
    scene.server = listen_at_path(path, 5);
    struct stream_target target = {.host = str_of(path), .is_unix = true};
    struct stream_events events = events_of(&scene.ear);
    scene.ear.stream = stream_start(scene.room.loop, scene.room.resolver, &target, &events);
    CHECK_INT(scene.ear.connected, 0);
    TURN_UNTIL(&scene.room, scene.ear.connected);
    scene.peer = accept(scene.server, NULL, NULL);
    CHECK_INT(say(&scene.ear, "hello"), 0);
    struct buf heard = hear(&scene, 5);
    CHECK_TEXT(buf_cstr(&heard), "hello");
    buf_release(&heard);
    tell(&scene, "world");
    TURN_UNTIL(&scene.room, scene.ear.heard.n > 0);
    CHECK_TEXT(buf_cstr(&scene.ear.heard), "world");
    unlink(path);
    CHECK(close_scene(&scene));
}

TEST_MAIN(RUN(says_and_hears); RUN(hears_in_pieces); RUN(holds_back_what_comes);
          RUN(many_pieces_go_in_order); RUN(keeps_what_does_not_go_at_once);
          RUN(ends_in_good_order); RUN(ends_by_a_reset);
          RUN(hears_an_answer_though_it_cannot_speak); RUN(breaks_with_a_rest);
          RUN(an_idle_one_knows_that_it_is_dead); RUN(is_handed_on); RUN(fails_to_connect);
          RUN(closes_at_any_time); RUN(speaks_over_a_unix_socket);)
