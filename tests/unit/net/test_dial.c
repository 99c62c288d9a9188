/* test_dial -- from a name to a connected socket. */
// SPDX-License-Identifier: MIT
#include "net/dial.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/resource.h>

#include "../check.h"
#include "peer.h"

struct caller {
    struct dial *dial;
    int connected, failed;
    int fd;
    uint64_t resolved_ns;
    struct stream_error why;
};

static void on_connected(void *self, int fd, uint64_t resolved_ns)
{
    struct caller *c = self;
    c->connected++;
    c->fd = fd;
    c->resolved_ns = resolved_ns;
}

static void on_failed(void *self, const struct stream_error *why, uint64_t resolved_ns)
{
    struct caller *c = self;
    c->resolved_ns = resolved_ns;
    c->failed++;
    c->why = *why;
}

static void begin(struct room *room, struct caller *c, struct dial_spec spec)
{
    *c = (struct caller){.fd = -1};
    c->dial = dial_start(room->loop, room->resolver, &spec,
                         &(struct dial_events){c, on_connected, on_failed});
}

static bool dial(struct room *room, struct caller *c, struct dial_spec spec)
{
    begin(room, c, spec);
    if (c->connected + c->failed != 0)
        return false; // not before it returned
    TURN_UNTIL(room, c->connected + c->failed > 0);
    return c->connected + c->failed == 1;
}

/* Of one address or two; the second may be NULL. */
static struct sources *sources_of(const char *one, const char *other)
{
    struct err err = ERR_INIT;
    struct sources *s = sources_new();
    if (sources_add(s, str_of(one), &err) < 0 ||
        (other != NULL && sources_add(s, str_of(other), &err) < 0))
        BUG(err.text);
    return s;
}

/* The address of the other end, as text. */
static const char *peer_of(int fd, char *text, size_t n)
{
    struct addr a = {.n = sizeof(struct sockaddr_in6)};
    if (getpeername(fd, &a.any, &a.n) < 0)
        return "none";
    const void *p = a.any.sa_family == AF_INET ? (void *)&a.v4.sin_addr : (void *)&a.v6.sin6_addr;
    return inet_ntop(a.any.sa_family, p, text, (socklen_t)n);
}

TEST(connects)
{
    struct room room;
    struct caller c;
    uint16_t port = 0;
    int nodelay = 0;
    socklen_t n = sizeof(nodelay);
    open_room(&room);
    int server = listen_at("127.0.0.1", 5, &port);
    CHECK(dial(&room, &c, (struct dial_spec){.host = STR("127.0.0.1"), .port = port}));
    CHECK_INT(c.connected, 1);
    CHECK_INT(c.resolved_ns, 0); // nobody was asked
    getsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &nodelay, &n);
    CHECK(nodelay);
    close(c.fd);
    close(server);
    CHECK(close_room(&room));
}

TEST(tells_why_not)
{
    struct room room;
    struct caller c;
    uint16_t port;
    open_room(&room);
    int holder = refuse_at("127.0.0.1", &port);
    CHECK(dial(&room, &c, (struct dial_spec){.host = STR("127.0.0.1"), .port = port}));
    CHECK_INT(c.why.failure, STREAM_ERRNO);
    CHECK_INT(c.why.code, ECONNREFUSED);
    CHECK_TEXT(c.why.text, "Connection refused");
    close(holder);
    CHECK(
        dial(&room, &c, (struct dial_spec){.host = STR("/nowhere/katydid.sock"), .is_unix = true}));
    CHECK_INT(c.why.code, ENOENT);
    CHECK(dial(&room, &c, (struct dial_spec){.host = STR_EMPTY, .is_unix = true}));
    CHECK_INT(c.why.code, ENOENT);
    char path[300];
    memset(path, 'p', sizeof(path));
    CHECK(
        dial(&room, &c, (struct dial_spec){.host = str_make(path, sizeof(path)), .is_unix = true}));
    CHECK_INT(c.why.code, ENAMETOOLONG);
    CHECK(close_room(&room));
}

TEST(tells_an_unknown_name)
{
    struct room room;
    struct caller c;
    struct err err = ERR_INIT;
    char servers[32];
    uint16_t port = 0;
    open_room(&room);
    int silent = bind_at("127.0.0.1", SOCK_DGRAM, &port);
    snprintf(servers, sizeof(servers), "127.0.0.1:%u", port);
    CHECK_INT(resolver_use_servers(room.resolver, servers, &err), 0);
    begin(&room, &c, (struct dial_spec){.host = STR("a.test"), .port = 80});
    loop_turn(room.loop, false);
    dial_cancel(c.dial); // while it asks
    close(silent);       // from now on the question is refused
    CHECK(dial(&room, &c, (struct dial_spec){.host = STR("b.test"), .port = 80}));
    CHECK_INT(c.why.failure, STREAM_NAME);
    CHECK_INT(c.why.code, EAI_AGAIN);
    CHECK_TEXT(c.why.text, "Temporary failure in name resolution");
    CHECK(dial(&room, &c, (struct dial_spec){.host = STR("b.test"), .port = 80})); // kept
    CHECK_INT(c.why.failure, STREAM_NAME);
    CHECK(close_room(&room));
}

TEST(passes_over_addresses_that_refuse)
{
    struct room room;
    struct caller c;
    uint16_t port = 0;
    char text[INET6_ADDRSTRLEN];
    struct resolver_answer answer;
    open_room(&room);
    CHECK_INT(resolver_peek(room.resolver, STR("localhost"), 80, &answer), 0);
    if (answer.n < 2) {
        SKIP(passes_over_addresses_that_refuse, "no IPv6 on the loopback");
        CHECK(close_room(&room));
        return;
    }
    int six = -1, four = -1;
    for (int tries = 0; four < 0 && tries < 50;
         tries++) { // the port may be somebody's at the other address
        if (six >= 0)
            close(six);
        port = 0;
        six = listen_at("::1", 5, &port);
        four = bind_at("127.0.0.1", SOCK_STREAM, &port); // refuses
    }
    CHECK(six >= 0 && four >= 0);
    struct dial_spec spec = {.host = STR("localhost"), .port = port};
    CHECK(dial(&room, &c, spec));
    CHECK_INT(c.connected, 1);
    CHECK_TEXT(peer_of(c.fd, text, sizeof(text)), "::1");
    close(c.fd);
    listen(four, 5);
    static const char *const expected[] = {"127.0.0.1", "::1", "127.0.0.1", "::1"};
    for (spec.choice = 0; spec.choice < 4; spec.choice++) {
        CHECK(dial(&room, &c, spec));
        CHECK_TEXT(peer_of(c.fd, text, sizeof(text)), expected[spec.choice]);
        close(c.fd);
    }
    struct sources *sources = sources_of("::1", NULL); // can only reach the other
    spec.sources = sources;
    spec.choice = 0;
    CHECK(dial(&room, &c, spec));
    CHECK_TEXT(peer_of(c.fd, text, sizeof(text)), "::1");
    close(c.fd);
    close(six);
    close(four);
    CHECK(dial(&room, &c, spec)); // the one that can be tried refuses
    CHECK_INT(c.why.code, ECONNREFUSED);
    spec.choice = 1;
    CHECK(dial(&room, &c, spec)); // also where it is the first
    CHECK_INT(c.why.code, ECONNREFUSED);
    sources_free(sources);
    CHECK(close_room(&room));
}

TEST(comes_from_its_source)
{
    struct room room;
    struct caller c;
    uint16_t port = 0;
    char text[INET6_ADDRSTRLEN];
    open_room(&room);
    int server = listen_at("127.0.0.1", 5, &port);
    struct sources *sources = sources_of("127.0.0.7", "127.0.0.8");
    struct dial_spec spec = {.host = STR("127.0.0.1"), .port = port, .sources = sources};
    for (spec.choice = 0; spec.choice < 3; spec.choice++) {
        CHECK(dial(&room, &c, spec));
        CHECK_INT(c.connected, 1);
        int accepted = accept(server, NULL, NULL);
        CHECK_TEXT(peer_of(accepted, text, sizeof(text)),
                   spec.choice == 1 ? "127.0.0.8" : "127.0.0.7");
        close(accepted);
        close(c.fd);
    }
    spec.host = STR("::1");
    CHECK(dial(&room, &c, spec));
    CHECK_INT(c.why.failure, STREAM_SOURCE);
    CHECK_TEXT(c.why.text, "the server has IPv6 addresses alone, and --bind gives none");
    sources_free(sources);
    close(server);
    CHECK(close_room(&room));
}

TEST(waits_for_room_in_a_unix_queue)
{
    struct room room;
    struct caller c[6];
    char path[64];
    open_room(&room);
    snprintf(path, sizeof(path), "/tmp/katydid-dial-%d.sock", (int)getpid());
    int server = listen_at_path(path, 0);
    fcntl(server, F_SETFL, O_NONBLOCK);
    struct dial_spec spec = {.host = str_of(path), .is_unix = true};
    for (int i = 0; i < 6; i++)
        begin(&room, &c[i], spec);
    for (int i = 0; i < 20; i++)
        loop_turn(room.loop, true);
    int connected = 0;
    for (int i = 0; i < 6; i++) {
        CHECK_INT(c[i].failed, 0);
        connected += c[i].connected;
    }
    CHECK(connected > 0 && connected < 6);
    dial_cancel(c[5].dial); // while it waits
    for (int i = 0; i < 5; i++) {
        while (!c[i].connected) {
            int accepted = accept4(server, NULL, NULL, SOCK_CLOEXEC);
            if (accepted >= 0)
                close(accepted);
            loop_turn(room.loop, true);
        }
        close(c[i].fd);
    }
    close(server);
    unlink(path);
    CHECK(close_room(&room));
}

TEST(can_be_cancelled)
{
    struct room room;
    struct caller c[9];
    uint16_t port = 0, closed_port;
    open_room(&room);
    int server = listen_at("127.0.0.1", 0, &port);
    int holder = refuse_at("127.0.0.1", &closed_port);
    struct dial_spec spec = {.host = STR("127.0.0.1"), .port = port};
    for (int i = 0; i < 9; i++) // more than its queue takes: the last ones hang
        begin(&room, &c[i], spec);
    dial_cancel(c[8].dial);
    TURN_UNTIL(&room, c[0].connected);
    loop_turn(room.loop, false);
    int hanging = 0;
    for (int i = 0; i < 8; i++) {
        hanging += !c[i].connected;
        if (c[i].connected)
            close(c[i].fd);
        else
            dial_cancel(c[i].dial);
    }
    CHECK(hanging > 0);
    close(server);
    begin(&room, &c[0], (struct dial_spec){.host = STR_EMPTY, .is_unix = true});
    dial_cancel(c[0].dial); // failed, but not told yet
    CHECK_INT(c[0].failed, 0);
    close(holder);
    CHECK(close_room(&room));
}

TEST(has_no_descriptor_left)
{
    struct room room;
    struct caller c;
    open_room(&room);
    int fds[1100], n = 0;
    struct dial_spec spec = {.host = STR("127.0.0.1"), .port = 9};
    struct rlimit old, few = {count_descriptors() + 4, 0};
    getrlimit(RLIMIT_NOFILE, &old);
    few.rlim_max = old.rlim_max;
    setrlimit(RLIMIT_NOFILE, &few);
    while (n < 1100 && (fds[n] = dup(0)) >= 0)
        n++;
    bool was_told = dial(&room, &c, spec);
    setrlimit(RLIMIT_NOFILE, &old);
    while (n > 0)
        close(fds[--n]);
    CHECK(was_told);
    CHECK_INT(c.why.code, EMFILE);
    CHECK(close_room(&room));
}

TEST_MAIN(RUN(connects); RUN(tells_why_not); RUN(tells_an_unknown_name);
          RUN(passes_over_addresses_that_refuse); RUN(comes_from_its_source);
          RUN(waits_for_room_in_a_unix_queue); RUN(can_be_cancelled); RUN(has_no_descriptor_left);)
