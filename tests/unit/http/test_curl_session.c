/* test_curl_session -- handles that are kept, lent and given back. */
// SPDX-License-Identifier: MIT
#include "http/curl_session.h"

#include "../check.h"

struct room {
    struct clock clock;
    struct loop *loop;
    struct curl_sockets *sockets;
    struct curl_stock stock;
};

static void nothing(void *self)
{
    (void)self;
}

static void no_socket(void *self, curl_socket_t fd, int events, void *owner)
{
    (void)self;
    (void)fd;
    (void)events;
    (void)owner;
}

static void open_room(struct room *room)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    clock_init_virtual(&room->clock, NS_PER_S, 0);
    room->loop = loop_new(&room->clock);
    room->sockets = curl_sockets_new(room->loop, no_socket, room);
    curl_stock_init(&room->stock, room->loop, room->sockets, NULL, nothing);
}

static bool close_room(struct room *room)
{
    curl_stock_release(&room->stock);
    curl_sockets_free(room->sockets);
    bool is_idle = loop_is_idle(room->loop);
    loop_free(room->loop);
    curl_global_cleanup();
    return is_idle;
}

TEST(keeps_its_first_handle)
{
    struct room room;
    open_room(&room);
    struct curl_session *s = curl_session_new(&room.stock, &room);
    struct curl_transfer *x = curl_session_take(s);
    CHECK(x->session == s && s->first == x && s->active == x);
    x->state = CURL_RUNNING;
    curl_session_give(x);
    CHECK(s->active == NULL);
    CHECK_INT(x->state, CURL_IDLE);
    CHECK(curl_session_take(s) == x);
    curl_session_give(x);
    CHECK_INT(room.stock.n_spare, 0);
    timer_start(room.loop, &x->limit, NS_PER_S); // left behind by an ended transfer
    curl_session_free(s);
    CHECK(close_room(&room));
}

TEST(further_ones_come_from_the_stock_and_return)
{
    struct room room;
    open_room(&room);
    struct curl_session *a = curl_session_new(&room.stock, &room),
                        *b = curl_session_new(&room.stock, &room);
    struct curl_transfer *a1 = curl_session_take(a);
    a1->state = CURL_RUNNING;
    struct curl_transfer *a2 = curl_session_take(a);
    a2->state = CURL_RUNNING;
    struct curl_transfer *a3 = curl_session_take(a);
    a3->state = CURL_RUNNING;
    CHECK(a2 != a1 && a3 != a2);
    timer_start(room.loop, &a2->limit, NS_PER_S);
    curl_session_give(a2);
    CHECK(!timer_is_started(&a2->limit));
    CHECK_INT(room.stock.n_spare, 1);
    struct curl_transfer *b1 = curl_session_take(b);
    CHECK(b1 == a2); // becomes the other's own
    CHECK(b1->session == b && b->first == b1);
    curl_session_give(b1);
    curl_session_give(a3);
    curl_session_give(a1);
    CHECK_INT(room.stock.n_spare, 1);
    CHECK_INT(room.stock.n_sessions, 2);
    curl_session_free(a);
    curl_session_free(b);
    CHECK(close_room(&room));
}

TEST(keeps_only_so_many_spare)
{
    struct room room;
    struct curl_transfer *x[CURL_SPARE_LIMIT + 3];
    open_room(&room);
    struct curl_session *s = curl_session_new(&room.stock, &room);
    for (size_t i = 0; i < CURL_SPARE_LIMIT + 3; i++) {
        x[i] = curl_session_take(s);
        x[i]->state = CURL_RUNNING;
    }
    for (size_t i = 0; i < CURL_SPARE_LIMIT + 3; i++)
        curl_session_give(x[i]);
    CHECK_INT(room.stock.n_spare, CURL_SPARE_LIMIT);
    curl_session_free(s);
    CHECK(close_room(&room));
}

TEST_MAIN(RUN(keeps_its_first_handle); RUN(further_ones_come_from_the_stock_and_return);
          RUN(keeps_only_so_many_spare);)
