/* test_curl_sockets -- descriptors that stay watched between transfers. */
// SPDX-License-Identifier: MIT
#include "http/curl_sockets.h"

#include "base/err.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../check.h"

struct room {
    struct clock clock;
    struct loop *loop;
    struct curl_sockets *sockets;
    int listener, peer;
    curl_socket_t fd, ready_fd;
    int calls, events;
    void *owner;
};

static void on_ready(void *self, curl_socket_t fd, int events, void *owner)
{
    struct room *room = self;
    char byte;
    room->calls++;
    room->ready_fd = fd;
    room->events = events;
    room->owner = owner;
    if (events & CURL_CSELECT_IN)
        (void)!recv(fd, &byte, 1, 0);
}

static const struct curl_sockaddr stream = {
    .family = AF_INET, .socktype = SOCK_STREAM, .protocol = 0};

/* A descriptor of ours, connected to `peer`. */
static void open_speaking_room(struct room *room, bool may_speak)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(at);
    *room = (struct room){.calls = 0};
    clock_init_virtual(&room->clock, NS_PER_S, 0);
    room->loop = loop_new(&room->clock);
    room->sockets = curl_sockets_new(room->loop, on_ready, room);
    room->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(room->listener, (struct sockaddr *)&at, sizeof(at)) < 0 ||
        listen(room->listener, 5) < 0 ||
        getsockname(room->listener, (struct sockaddr *)&at, &n) < 0)
        BUG("no listener");
    room->fd = curl_sockets_open(room->sockets, &stream, may_speak, room);
    if (connect(room->fd, (struct sockaddr *)&at, sizeof(at)) < 0 && errno != EINPROGRESS)
        BUG("no connection");
    room->peer = accept(room->listener, NULL, NULL);
}

static void open_room(struct room *room)
{
    open_speaking_room(room, false);
}

static bool close_room(struct room *room)
{
    curl_sockets_close(room->sockets, room->fd);
    bool is_clean = curl_sockets_count(room->sockets) == 0 && loop_is_idle(room->loop);
    curl_sockets_free(room->sockets);
    loop_free(room->loop);
    close(room->peer);
    close(room->listener);
    return is_clean;
}

static void say(struct room *room)
{
    if (send(room->peer, "x", 1, 0) != 1)
        BUG("send failed");
}

TEST(tells_who_opened_it)
{
    struct room room;
    open_room(&room);
    CHECK_INT(curl_sockets_count(room.sockets), 1);
    CHECK(loop_is_idle(room.loop)); // not watched yet
    curl_sockets_watch(room.sockets, room.fd, CURL_POLL_OUT);
    loop_turn(room.loop, false);
    CHECK_INT(room.calls, 1);
    CHECK_INT(room.events, CURL_CSELECT_OUT);
    CHECK_INT(room.ready_fd, room.fd);
    CHECK(room.owner == &room);
    curl_sockets_watch(room.sockets, room.fd, CURL_POLL_IN);
    loop_turn(room.loop, false);
    CHECK_INT(room.calls, 1);
    say(&room);
    loop_turn(room.loop, false);
    CHECK_INT(room.calls, 2);
    CHECK_INT(room.events, CURL_CSELECT_IN);
    say(&room);
    curl_sockets_watch(room.sockets, room.fd, CURL_POLL_INOUT);
    loop_turn(room.loop, false);
    CHECK_INT(room.events, CURL_CSELECT_IN | CURL_CSELECT_OUT);
    CHECK(close_room(&room));
}

TEST(an_idle_one_is_not_told_and_does_not_spin)
{
    struct room room;
    open_room(&room);
    curl_sockets_watch(room.sockets, room.fd, CURL_POLL_IN);
    curl_sockets_watch(room.sockets, room.fd, CURL_POLL_REMOVE);
    CHECK(!loop_is_idle(room.loop)); // stays watched
    shutdown(room.peer, SHUT_WR);
    loop_turn(room.loop, false);
    uint64_t before_ns = clock_now_ns(&room.clock);
    for (int i = 0; i < 5; i++)
        loop_turn(room.loop, false);
    CHECK_INT(room.calls, 0);
    CHECK_INT(clock_now_ns(&room.clock), before_ns);
    // somebody is interested again
    curl_sockets_watch(room.sockets, room.fd, CURL_POLL_IN);
    loop_turn(room.loop, false);
    CHECK_INT(room.calls, 1);
    CHECK(close_room(&room));
}

/* As libcurl looks whether a connection lives. */
static ptrdiff_t peek(const struct room *room)
{
    char byte;
    return recv(room->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
}

TEST(what_an_idle_one_hears_is_its_end)
{
    for (int may_speak = 0; may_speak < 2; may_speak++) {
        struct room room;
        open_speaking_room(&room, may_speak);
        curl_sockets_watch(room.sockets, room.fd, CURL_POLL_IN);
        curl_sockets_watch(room.sockets, room.fd, CURL_POLL_REMOVE);
        say(&room);
        loop_turn(room.loop, false);
        CHECK_INT(room.calls, 0);
        CHECK_INT(peek(&room), may_speak);
        CHECK(close_room(&room));
    }
}

static bool always(const void *owner)
{
    return owner != NULL;
}

TEST(what_is_held_back_is_no_end)
{
    struct room room;
    open_room(&room);
    curl_sockets_set_held(room.sockets, always);
    curl_sockets_watch(room.sockets, room.fd, CURL_POLL_IN);
    curl_sockets_watch(room.sockets, room.fd, CURL_POLL_REMOVE);
    say(&room);
    loop_turn(room.loop, false);
    CHECK_INT(room.calls, 0);
    CHECK_INT(peek(&room), 1);
    CHECK(close_room(&room));
}

TEST(a_reset_looks_like_an_end)
{
    struct room room;
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    open_room(&room);
    curl_sockets_watch(room.sockets, room.fd, CURL_POLL_IN);
    curl_sockets_watch(room.sockets, room.fd, CURL_POLL_REMOVE);
    setsockopt(room.peer, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    close(room.peer);
    room.peer = -1;
    loop_turn(room.loop, false);
    CHECK_INT(peek(&room), 0);
    CHECK(close_room(&room));
}

TEST(one_that_was_never_read_may_be_gone)
{
    struct room room;
    open_room(&room);
    curl_sockets_watch(room.sockets, room.fd, CURL_POLL_OUT);
    curl_sockets_watch(room.sockets, room.fd, CURL_POLL_REMOVE);
    CHECK(loop_is_idle(room.loop));
    CHECK_INT(curl_sockets_count(room.sockets), 0);
    // it was not
    curl_sockets_watch(room.sockets, room.fd, CURL_POLL_IN);
    CHECK_INT(curl_sockets_count(room.sockets), 1);
    curl_sockets_watch(room.sockets, room.fd, CURL_POLL_REMOVE);
    CHECK(!loop_is_idle(room.loop));
    CHECK(close_room(&room));
    // it was, and stays so
    open_room(&room);
    curl_sockets_watch(room.sockets, room.fd, CURL_POLL_OUT);
    close(room.fd);
    curl_sockets_watch(room.sockets, room.fd, CURL_POLL_REMOVE);
    CHECK(loop_is_idle(room.loop));
    curl_sockets_free(room.sockets);
    loop_free(room.loop);
    close(room.peer);
    close(room.listener);
}

TEST(a_number_that_comes_again_without_a_word)
{
    struct room room;
    open_room(&room);
    curl_sockets_watch(room.sockets, room.fd, CURL_POLL_OUT);
    loop_turn(room.loop, false);
    CHECK_INT(room.calls, 1);
    close(room.fd);
    curl_socket_t again = curl_sockets_open(room.sockets, &stream, false, &room.calls);
    CHECK_INT(again, room.fd);
    CHECK_INT(curl_sockets_count(room.sockets), 1);
    // libcurl believes that it has said what it wants: an unconnected socket can be written, and says so
    loop_turn(room.loop, false);
    CHECK_INT(room.calls, 2);
    CHECK(room.owner == &room.calls);
    CHECK(close_room(&room));
}

TEST(no_descriptors_left)
{
    struct room room;
    struct rlimit old, none;
    open_room(&room);
    getrlimit(RLIMIT_NOFILE, &old);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = old.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
    errno = 0;
    curl_socket_t fd = curl_sockets_open(room.sockets, &stream, false, NULL);
    int number = errno;
    setrlimit(RLIMIT_NOFILE, &old);
    CHECK_INT(fd, CURL_SOCKET_BAD);
    CHECK_INT(number, EMFILE);
    CHECK_INT(curl_sockets_count(room.sockets), 1);
    CHECK(close_room(&room));
}

TEST_MAIN(RUN(tells_who_opened_it); RUN(an_idle_one_is_not_told_and_does_not_spin);
          RUN(what_an_idle_one_hears_is_its_end); RUN(what_is_held_back_is_no_end);
          RUN(a_reset_looks_like_an_end); RUN(one_that_was_never_read_may_be_gone);
          RUN(a_number_that_comes_again_without_a_word); RUN(no_descriptors_left);)
