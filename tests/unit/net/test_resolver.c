/* test_resolver -- names, against a name server in this process. */
// SPDX-License-Identifier: MIT
#include "net/resolver.h"

#include "base/buf.h"
#include "loop/io.h"
#include "loop/timer.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../check.h"

enum { TYPE_A = 1, TYPE_AAAA = 28, CODE_OK = 0, CODE_NO_NAME = 3 };

/* A name server: answers each question alike. */
struct server {
    int fd;
    char place[32];
    struct io io;
    int code;
    const char *a, *aaaa; /* NULL: none of the kind */
    uint32_t ttl_s;
    bool is_silent;
    int questions; /* for addresses of version 4 */
};

static void put16(struct buf *b, unsigned v)
{
    buf_add_char(b, (char)(v >> 8));
    buf_add_char(b, (char)(v & 0xff));
}

/* Where the first question's name ends (behind its type and class), and its type. */
static size_t read_question(const unsigned char *p, size_t n, unsigned *type)
{
    size_t at = 12;
    while (at < n && p[at] != 0)
        at += p[at] + 1u;
    *type = (unsigned)p[at + 1] << 8 | p[at + 2];
    return at + 5;
}

static void on_question(void *self, int events)
{
    struct server *s = self;
    unsigned char in[512];
    struct sockaddr_in from;
    socklen_t from_n = sizeof(from);
    (void)events;
    ssize_t n = recvfrom(s->fd, in, sizeof(in), 0, (struct sockaddr *)&from, &from_n);
    unsigned type;
    if (n < 17)
        return;
    size_t end = read_question(in, (size_t)n, &type);
    s->questions += type == TYPE_A;
    if (s->is_silent)
        return;
    const char *address = type == TYPE_A ? s->a : type == TYPE_AAAA ? s->aaaa : NULL;
    struct buf out = BUF_INIT;
    buf_add(&out, in, 2);
    put16(&out, 0x8180u | (unsigned)s->code);
    put16(&out, 1);
    put16(&out, s->code == CODE_OK && address != NULL);
    put16(&out, 0);
    put16(&out, 0);
    buf_add(&out, in + 12, end - 12);
    if (s->code == CODE_OK && address != NULL) {
        unsigned char bytes[16];
        inet_pton(type == TYPE_A ? AF_INET : AF_INET6, address, bytes);
        put16(&out, 0xc00c); // the question's name
        put16(&out, type);
        put16(&out, 1);
        put16(&out, s->ttl_s >> 16);
        put16(&out, s->ttl_s & 0xffff);
        put16(&out, type == TYPE_A ? 4 : 16);
        buf_add(&out, bytes, type == TYPE_A ? 4 : 16);
    }
    sendto(s->fd, out.p, out.n, 0, (struct sockaddr *)&from, from_n);
    buf_release(&out);
}

/* Time is virtual: what is sent over loopback is there at once. */
struct room {
    struct clock clock;
    struct loop *loop;
    struct resolver *resolver;
    struct server server;
};

static void open_room(struct room *room)
{
    struct err err = ERR_INIT;
    struct server *s = &room->server;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t at_n = sizeof(at);
    *room = (struct room){.server = {.a = "192.0.2.1", .ttl_s = 60}};
    clock_init_virtual(&room->clock, NS_PER_S, 0);
    room->loop = loop_new(&room->clock);
    s->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (bind(s->fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
        getsockname(s->fd, (struct sockaddr *)&at, &at_n) < 0)
        BUG("no name server");
    snprintf(s->place, sizeof(s->place), "127.0.0.1:%u", ntohs(at.sin_port));
    io_init(&s->io, on_question, s);
    io_start(room->loop, &s->io, s->fd, IO_READ);
    room->resolver = resolver_new(room->loop, &err);
    if (room->resolver == NULL || resolver_use_servers(room->resolver, s->place, &err) < 0)
        BUG("no resolver");
}

static bool close_room(struct room *room)
{
    resolver_free(room->resolver);
    io_cancel(&room->server.io);
    close(room->server.fd);
    bool is_idle = loop_is_idle(room->loop);
    loop_free(room->loop);
    return is_idle;
}

struct caller {
    int told;
    bool ok, asked;
    int code;
    char text[200]; /* addresses, or the error */
    struct resolver *asks_again;
    struct resolution *again;
};

static void on_told(void *self, const struct resolver_answer *answer)
{
    struct caller *c = self;
    struct buf text = BUF_INIT;
    c->told++;
    c->ok = answer->ok;
    c->asked = answer->asked;
    c->code = answer->code;
    for (size_t i = 0; answer->ok && i < answer->n; i++)
        buf_addf(&text, "%s%s", i > 0 ? "," : "", answer->addresses[i]);
    if (!answer->ok)
        buf_add_cstr(&text, answer->error);
    snprintf(c->text, sizeof(c->text), "%s", buf_cstr(&text));
    buf_release(&text);
}

static struct resolution *ask(struct room *room, const char *host, struct caller *c)
{
    return resolver_start(room->resolver, str_of(host), on_told, c);
}

/* Until all have been told, at most some turns. */
static bool wait_for(struct room *room, struct caller *callers, size_t n)
{
    for (int turn = 0; turn < 10000; turn++) {
        size_t told = 0;
        for (size_t i = 0; i < n; i++)
            told += callers[i].told > 0;
        if (told == n)
            return true;
        loop_turn(room->loop, true);
    }
    return false;
}

TEST(knows_addresses_and_localhost)
{
    static const char *const cases[][2] = {
        {"127.0.0.1", "127.0.0.1"}, {"::1", "::1"}, {"2001:DB8::7", "2001:db8::7"}};
    struct room room;
    struct resolver_answer answer;
    open_room(&room);
    for (size_t i = 0; i < 3; i++) {
        CHECK_INT(resolver_peek(room.resolver, str_of(cases[i][0]), 80, &answer), 0);
        CHECK(answer.ok);
        CHECK_INT(answer.n, 1);
        CHECK_TEXT(answer.addresses[0], cases[i][1]);
        CHECK(!answer.asked);
    }
    CHECK_INT(resolver_peek(room.resolver, STR("LocalHost"), 80, &answer), 0);
    CHECK_TEXT(answer.addresses[0], "127.0.0.1");
    static const char *const local[] = {"localhost.", "a.localhost", "a.b.LocalHost."};
    for (size_t i = 0; i < 3; i++) {
        CHECK_INT(resolver_peek(room.resolver, str_of(local[i]), 80, &answer), 0);
        CHECK_TEXT(answer.addresses[0], "127.0.0.1");
    }
    CHECK_INT(resolver_peek(room.resolver, STR("notlocalhost"), 80, &answer), -1);
    struct caller c = {0};
    ask(&room, "localhost", &c);
    CHECK_INT(c.told, 0); // not before it returned
    CHECK(wait_for(&room, &c, 1));
    CHECK(c.ok && !c.asked);
    CHECK_INT(room.server.questions, 0);
    CHECK(close_room(&room));
}

TEST(given_addresses_come_first)
{
    struct overrides *o = overrides_new();
    struct room room;
    struct err err = ERR_INIT;
    struct resolver_answer answer;
    open_room(&room);
    CHECK_INT(overrides_add(o, STR("a.test:80:192.0.2.7,192.0.2.8"), &err), 0);
    resolver_use_overrides(room.resolver, o);
    CHECK_INT(resolver_peek(room.resolver, STR("A.test"), 80, &answer), 0);
    CHECK_INT(answer.n, 2);
    CHECK_TEXT(answer.addresses[1], "192.0.2.8");
    CHECK(answer.ok && !answer.asked && answer.id != 0);
    CHECK(resolver_is_overridden(room.resolver, STR("a.test"), 80));
    CHECK(!resolver_is_overridden(room.resolver, STR("a.test"), 81));
    CHECK_INT(resolver_peek(room.resolver, STR("a.test"), 81, &answer), -1);
    CHECK(close_room(&room));
    overrides_free(o);
}

TEST(asks_once_for_all)
{
    struct room room;
    struct caller c[3] = {{0}};
    struct resolver_answer answer;
    open_room(&room);
    room.server.aaaa = "2001:db8::5";
    CHECK_INT(resolver_peek(room.resolver, STR("a.test"), 80, &answer), -1);
    ask(&room, "a.test", &c[0]);
    ask(&room, "A.Test", &c[1]);
    loop_turn(room.loop, true);
    ask(&room, "a.test", &c[2]);
    CHECK_INT(c[0].told, 0);
    CHECK(wait_for(&room, c, 3));
    for (int i = 0; i < 3; i++) {
        CHECK(c[i].ok && c[i].asked);
        CHECK(strstr(c[i].text, "192.0.2.1") != NULL);
        CHECK(strstr(c[i].text, "2001:db8::5") != NULL);
    }
    CHECK_INT(room.server.questions, 1);
    CHECK_INT(resolver_peek(room.resolver, STR("a.test"), 80, &answer), 0);
    CHECK_INT(answer.n, 2);
    CHECK(close_room(&room));
}

TEST(keeps_answers_for_their_time)
{
    static const struct {
        uint32_t ttl_s;
        double kept_s;
    } cases[] = {{60, 60}, {1, RESOLVER_TTL_MIN_S}, {0, RESOLVER_TTL_MIN_S}};
    for (size_t i = 0; i < 3; i++) {
        struct room room;
        struct caller c[3] = {{0}};
        open_room(&room);
        room.server.ttl_s = cases[i].ttl_s;
        ask(&room, "a.test", &c[0]);
        CHECK(wait_for(&room, &c[0], 1));
        uint64_t until_ns = clock_now_ns(&room.clock) + s_to_ns(cases[i].kept_s - 0.5);
        clock_advance_to(&room.clock, until_ns);
        ask(&room, "a.test", &c[1]);
        CHECK(wait_for(&room, &c[1], 1));
        CHECK(!c[1].asked);
        CHECK_INT(room.server.questions, 1);
        clock_advance_to(&room.clock, until_ns + s_to_ns(0.6));
        room.server.a = "192.0.2.2";
        ask(&room, "a.test", &c[2]);
        CHECK(wait_for(&room, &c[2], 1));
        CHECK(c[2].asked);
        CHECK_TEXT(c[2].text, "192.0.2.2");
        CHECK_INT(room.server.questions, 2);
        CHECK(close_room(&room));
    }
}

TEST(keeps_failures_for_a_second)
{
    struct room room;
    struct caller c[3] = {{0}};
    struct resolver_answer answer;
    open_room(&room);
    room.server.code = CODE_NO_NAME;
    ask(&room, "none.test", &c[0]);
    CHECK(wait_for(&room, &c[0], 1));
    CHECK(!c[0].ok);
    CHECK_INT(c[0].code, -2);
    CHECK_TEXT(c[0].text, "Name or service not known");
    int questions = room.server.questions;
    CHECK(questions > 0);
    ask(&room, "none.test", &c[1]);
    CHECK(wait_for(&room, &c[1], 1));
    CHECK(!c[1].ok && !c[1].asked);
    CHECK_INT(room.server.questions, questions);
    CHECK_INT(resolver_peek(room.resolver, STR("none.test"), 80, &answer), 0);
    CHECK(!answer.ok);
    clock_advance_to(&room.clock, clock_now_ns(&room.clock) + s_to_ns(1.1));
    room.server.code = CODE_OK;
    ask(&room, "none.test", &c[2]);
    CHECK(wait_for(&room, &c[2], 1));
    CHECK(c[2].ok);
    CHECK(close_room(&room));
}

TEST(names_without_addresses)
{
    struct room room;
    struct caller c = {0};
    open_room(&room);
    room.server.a = NULL;
    ask(&room, "empty.test", &c);
    CHECK(wait_for(&room, &c, 1));
    CHECK(!c.ok);
    CHECK(c.code == EAI_NODATA || c.code == EAI_NONAME);
    CHECK(close_room(&room));
}

TEST(nobody_answers)
{
    struct room room;
    struct caller c = {0};
    struct err err = ERR_INIT;
    open_room(&room);
    io_cancel(&room.server.io);
    close(room.server.fd); // its port answers with an error now
    CHECK_INT(resolver_use_servers(room.resolver, room.server.place, &err), 0);
    ask(&room, "a.test", &c);
    CHECK(wait_for(&room, &c, 1));
    CHECK(!c.ok);
    CHECK_INT(c.code, -3);
    CHECK_TEXT(c.text, "Temporary failure in name resolution");
    resolver_free(room.resolver);
    CHECK(loop_is_idle(room.loop));
    loop_free(room.loop);
}

TEST(whoever_cancels_is_not_told)
{
    struct room room;
    struct caller c[3] = {{0}};
    open_room(&room);
    resolver_cancel(ask(&room, "a.test", &c[0])); // under way
    struct resolution *q = ask(&room, "localhost", &c[1]);
    resolver_cancel(q); // answered, not told yet
    ask(&room, "a.test", &c[2]);
    CHECK(wait_for(&room, &c[2], 1));
    CHECK_INT(c[0].told, 0);
    CHECK_INT(c[1].told, 0);
    CHECK_INT(room.server.questions, 1);
    CHECK(close_room(&room));
}

TEST(ends_while_it_asks)
{
    struct room room;
    struct caller c = {0};
    open_room(&room);
    room.server.is_silent = true;
    struct resolution *q = ask(&room, "a.test", &c);
    loop_turn(room.loop, true);
    resolver_cancel(q);
    CHECK(close_room(&room));
    CHECK_INT(c.told, 0);
    resolver_free(NULL);
}

static void ask_again(void *self, const struct resolver_answer *answer)
{
    struct caller *c = self;
    c->told++;
    c->ok = answer->ok;
    if (c->told < 3)
        c->again = resolver_start(c->asks_again, STR("localhost"), ask_again, c);
}

TEST(may_be_asked_from_an_answer)
{
    struct room room;
    open_room(&room);
    struct caller c = {.asks_again = room.resolver};
    resolver_start(room.resolver, STR("localhost"), ask_again, &c);
    loop_turn(room.loop, false);
    CHECK_INT(c.told, 1); // the next one in the next turn
    loop_turn(room.loop, false);
    loop_turn(room.loop, false);
    CHECK_INT(c.told, 3);
    CHECK(close_room(&room));
}

TEST(forgets_old_names)
{
    struct room room;
    struct resolver_answer answer;
    open_room(&room);
    for (int i = 0; i < 3000; i++) {
        char host[32];
        snprintf(host, sizeof(host), "10.0.%d.%d", i / 250, i % 250);
        CHECK_INT(resolver_peek(room.resolver, str_of(host), 80, &answer), 0);
        CHECK_TEXT(answer.addresses[0], host);
    }
    CHECK(close_room(&room));
}

TEST(refuses_servers_that_are_none)
{
    struct room room;
    struct err err = ERR_INIT;
    open_room(&room);
    CHECK_INT(resolver_use_servers(room.resolver, "not an address", &err), -1);
    CHECK(strstr(err.text, "'not an address'") != NULL);
    CHECK(close_room(&room));
}

TEST_MAIN(RUN(knows_addresses_and_localhost); RUN(given_addresses_come_first);
          RUN(asks_once_for_all); RUN(keeps_answers_for_their_time);
          RUN(keeps_failures_for_a_second); RUN(names_without_addresses); RUN(nobody_answers);
          RUN(whoever_cancels_is_not_told); RUN(ends_while_it_asks);
          RUN(may_be_asked_from_an_answer); RUN(forgets_old_names);
          RUN(refuses_servers_that_are_none);)
