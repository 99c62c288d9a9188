/* test_tls -- streams under TLS, against servers in threads, with certificates made for the test. */
// SPDX-License-Identifier: MIT
#include "net/tls.h"

#include "net/stream.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>

#include <openssl/ssl.h>

#include "../check.h"
#include "authority.h"
#include "peer.h"

#define MUCH (12 << 20)

/* What the server does once a line has come; a connection ends with whatever else happens. */
enum manner { ECHOES, SAYS_BYE, CUTS, SAYS_PLAIN, SAYS_NOTHING, CLOSES, RESETS };

struct server {
    int fd;
    uint16_t port;
    enum manner manner;
    SSL_CTX *ssl; /* NULL where the manner needs none */
    pthread_t thread;
    char asked_for[256]; /* by the last client: SNI; "": nobody */
};

static void serve_secured(struct server *s, int fd)
{
    char bytes[20000];
    int n;
    SSL *ssl = SSL_new(s->ssl);
    SSL_set_fd(ssl, fd);
    if (SSL_accept(ssl) == 1) {
        const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
        snprintf(s->asked_for, sizeof(s->asked_for), "%s", name != NULL ? name : "");
        while ((n = SSL_read(ssl, bytes, sizeof(bytes))) > 0 && SSL_write(ssl, bytes, n) == n &&
               s->manner == ECHOES)
            continue;
        if (s->manner == SAYS_BYE)
            SSL_shutdown(ssl);
    }
    SSL_free(ssl);
}

static void serve(struct server *s, int fd)
{
    char bytes[4096];
    switch (s->manner) {
    case ECHOES:
    case SAYS_BYE:
    case CUTS:
        serve_secured(s, fd);
        break;
    case SAYS_PLAIN:
        if (recv(fd, bytes, sizeof(bytes), 0) > 0)
            send(fd, "HTTP/1.1 400 Bad Request\r\n\r\n", 28, MSG_NOSIGNAL);
        while (recv(fd, bytes, sizeof(bytes), 0) > 0)
            continue;
        break;
    case SAYS_NOTHING:
        while (recv(fd, bytes, sizeof(bytes), 0) > 0)
            continue;
        break;
    case CLOSES:
        (void)!recv(fd, bytes, sizeof(bytes), 0);
        break;
    case RESETS:
        (void)!recv(fd, bytes, 1, 0);
        reset(fd);
        return;
    }
    close(fd);
}

static void *serve_all(void *self)
{
    struct server *s = self;
    int fd;
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, NULL); // here alone: the streams must not need it
    while ((fd = accept(s->fd, NULL, NULL)) >= 0)
        serve(s, fd);
    return NULL;
}

static int choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_n,
                       const unsigned char *in, unsigned in_n, void *self)
{
    static const unsigned char ours[] = "\x08http/1.1";
    (void)ssl;
    (void)self;
    return SSL_select_next_proto((unsigned char **)(uintptr_t)out, out_n, ours, sizeof(ours) - 1,
                                 in, in_n) == OPENSSL_NPN_NEGOTIATED
               ? SSL_TLSEXT_ERR_OK
               : SSL_TLSEXT_ERR_NOACK;
}

/* All that the tests share. */
struct scene {
    struct room room;
    struct server server;
    char folder[40];
    struct identity authority, good, expired, alone;
    struct tls_context *context;
    struct tls_tickets *tickets;
};

static void start_server(struct scene *scene, enum manner manner, const struct identity *id)
{
    static const unsigned char id_context[] = "test";
    struct server *s = &scene->server;
    *s = (struct server){.manner = manner};
    s->fd = listen_at("127.0.0.1", 20, &s->port);
    setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &(int){65536}, sizeof(int));
    if (id != NULL) {
        s->ssl = SSL_CTX_new(TLS_server_method());
        SSL_CTX_use_certificate(s->ssl, id->cert);
        SSL_CTX_use_PrivateKey(s->ssl, id->key);
        SSL_CTX_set_session_id_context(s->ssl, id_context, sizeof(id_context));
        SSL_CTX_set_alpn_select_cb(s->ssl, choose_alpn, NULL);
    }
}

static void let_it_serve(struct scene *scene)
{
    if (pthread_create(&scene->server.thread, NULL, serve_all, &scene->server) != 0)
        BUG("no thread");
}

static void stop_server(struct scene *scene)
{
    shutdown(scene->server.fd, SHUT_RDWR);
    pthread_join(scene->server.thread, NULL);
    close(scene->server.fd);
    SSL_CTX_free(scene->server.ssl);
}

static struct tls_context *trust(const char *ca_file, bool verify)
{
    struct err err = ERR_INIT;
    struct tls_settings settings = {.verify = verify, .ca_file = ca_file, .alpn = "http/1.1"};
    struct tls_context *context = tls_context_new(&settings, &err);
    if (context == NULL)
        BUG("no context");
    return context;
}

static void open_scene(struct scene *scene, enum manner manner)
{
    *scene = (struct scene){.folder = "/tmp/katydid-tls-XXXXXX"};
    if (mkdtemp(scene->folder) == NULL)
        BUG("no folder");
    const char *names = "DNS:localhost,IP:127.0.0.1,DNS:xn--bcher-kva.test";
    const char *folder = scene->folder;
    make_identity(&scene->authority,
                  (struct identity_spec){folder, "authority", NULL, NULL, true, -1, 1});
    make_identity(&scene->good,
                  (struct identity_spec){folder, "good", names, &scene->authority, false, -1, 1});
    make_identity(&scene->expired, (struct identity_spec){folder, "expired", names,
                                                          &scene->authority, false, -9, -8});
    make_identity(&scene->alone,
                  (struct identity_spec){folder, "alone", names, NULL, false, -1, 1});
    open_room(&scene->room);
    start_server(scene, manner, &scene->good);
    scene->context = trust(scene->authority.cert_file, true);
    scene->tickets = tls_tickets_new();
}

static bool close_scene(struct scene *scene)
{
    stop_server(scene);
    tls_tickets_free(scene->tickets);
    tls_context_free(scene->context);
    bool is_clean = close_room(&scene->room);
    free_identity(&scene->authority);
    free_identity(&scene->good);
    free_identity(&scene->expired);
    free_identity(&scene->alone);
    rmdir(scene->folder);
    return is_clean;
}

/* One who listens to a stream. */
struct ear {
    struct stream *stream;
    int connected, failed;
    bool has_ended, reads_once;
    size_t piece;
    struct stream_error why;
    struct buf heard;
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
}

static void on_readable(void *self)
{
    struct ear *e = self;
    char bytes[65536];
    ptrdiff_t n;
    do {
        n = stream_read(e->stream, bytes, e->piece > 0 ? e->piece : sizeof(bytes), &e->why);
        if (n > 0)
            buf_add(&e->heard, bytes, (size_t)n);
    } while (n > 0 && !e->reads_once);
    e->has_ended = n < 0;
}

static void begin(struct scene *scene, struct ear *e, const char *name, struct tls_context *context)
{
    struct stream_target target = {.host = STR("127.0.0.1"),
                                   .port = scene->server.port,
                                   .tls = context,
                                   .server_name = str_of(name),
                                   .tickets = scene->tickets};
    struct stream_events events = {
        .self = e, .readable = on_readable, .connected = on_connected, .failed = on_failed};
    *e = (struct ear){.heard = BUF_INIT};
    e->stream = stream_start(scene->room.loop, scene->room.resolver, &target, &events);
}

static bool settle(struct scene *scene, struct ear *e)
{
    TURN_UNTIL(&scene->room, e->connected + e->failed > 0);
    return e->connected == 1;
}

static bool call(struct scene *scene, struct ear *e, const char *name)
{
    begin(scene, e, name, scene->context);
    return settle(scene, e);
}

static void leave(struct ear *e)
{
    stream_close(e->stream);
    buf_release(&e->heard);
}

static bool say(struct scene *scene, struct ear *e, const char *text)
{
    struct str piece = str_of(text);
    (void)stream_write(e->stream, &piece, 1); // reading tells why it failed
    TURN_UNTIL(&scene->room, e->heard.n >= piece.n || e->has_ended);
    return e->heard.n >= piece.n;
}

TEST(says_and_hears)
{
    struct scene scene;
    struct ear e;
    open_scene(&scene, ECHOES);
    let_it_serve(&scene);
    begin(&scene, &e, "localhost", scene.context);
    CHECK_INT(e.connected, 0);
    CHECK(settle(&scene, &e));
    CHECK_STR(stream_alpn(e.stream), "http/1.1");
    CHECK(!stream_is_resumed(e.stream));
    const struct stream_timings *t = stream_timings(e.stream);
    CHECK(t->secured_ns > t->connected_ns);
    struct str pieces[] = {STR("GET /"), STR_EMPTY, STR(" HTTP/1.1\r\n"), STR("\r\n")};
    CHECK_INT(stream_write(e.stream, pieces, 4), 0);
    CHECK_INT(stream_write(e.stream, pieces, 0), 0);
    CHECK_INT(stream_write(e.stream, &pieces[1], 1), 0);
    TURN_UNTIL(&scene.room, e.heard.n >= 18);
    CHECK_TEXT(buf_cstr(&e.heard), "GET / HTTP/1.1\r\n\r\n");
    leave(&e);
    CHECK(call(&scene, &e, "127.0.0.1")); // by address
    leave(&e);
    CHECK(call(&scene, &e, "localhost."));
    leave(&e);
    CHECK(call(&scene, &e, "")); // the host's own
    leave(&e);
    CHECK(close_scene(&scene));
}

/* More than a record, a buffer and a callback hold, both ways. */
static bool echo_much(struct scene *scene, struct ear *e, size_t piece, bool reads_once)
{
    struct buf all = BUF_INIT;
    if (!call(scene, e, "localhost"))
        return false;
    e->piece = piece;
    e->reads_once = reads_once;
    while (all.n < MUCH)
        buf_addf(&all, "%zu ", all.n);
    struct str text = buf_slice(&all), pieces[7];
    for (size_t i = 0; i < 7; i++)
        pieces[i] = str_slice(text, i * text.n / 7, (i + 1) * text.n / 7);
    bool ok = stream_write(e->stream, pieces, 3) == 0 &&
              stream_write(e->stream, pieces + 3, 4) == 0 && !stream_is_drained(e->stream);
    TURN_UNTIL(&scene->room, e->heard.n >= all.n || e->has_ended);
    ok = ok && e->heard.n == all.n && memcmp(e->heard.p, all.p, all.n) == 0;
    ok = ok && stream_is_drained(e->stream) && !stream_is_dead(e->stream);
    buf_release(&all);
    leave(e);
    return ok;
}

TEST(carries_much)
{
    struct scene scene;
    struct ear e;
    open_scene(&scene, ECHOES);
    let_it_serve(&scene);
    CHECK(echo_much(&scene, &e, 0, false));
    CHECK(echo_much(&scene, &e, 1000, true)); // what the loop can't know of is told
    CHECK(close_scene(&scene));
}

/* The text of the failure; empty: it connected. */
static void failure_of(struct scene *scene, const char *name, const char *ca_file, bool verify,
                       struct stream_error *why)
{
    struct ear e;
    struct tls_context *context = trust(ca_file, verify);
    begin(scene, &e, name, context);
    *why = (struct stream_error){.failure = STREAM_OK};
    if (!settle(scene, &e))
        *why = e.why;
    leave(&e);
    tls_context_free(context);
}

TEST(trusts_the_right_name_alone)
{
    struct scene scene;
    struct stream_error why;
    open_scene(&scene, ECHOES);
    let_it_serve(&scene);
    const char *ca = scene.authority.cert_file;
    static const char *const wrong[] = {"other.test", "127.0.0.2", "localhost.test", "ocalhost"};
    for (size_t i = 0; i < 4; i++) {
        failure_of(&scene, wrong[i], ca, true, &why);
        CHECK_INT(why.failure, STREAM_TLS);
        CHECK_TEXT(why.text, "certificate verify failed: it is for another host name");
    }
    failure_of(&scene, "other.test", ca, false, &why);
    CHECK_INT(why.failure, STREAM_OK);
    failure_of(&scene, "localhost", NULL, true, &why); // the system's
    CHECK_TEXT(why.text, "certificate verify failed: unable to get local issuer certificate");
    char name[300];
    memset(name, 'n', sizeof(name));
    name[299] = '\0';
    failure_of(&scene, name, ca, true, &why);
    CHECK_TEXT(why.text, "the host name is empty, too long or malformed");
    CHECK(close_scene(&scene));
}

TEST(asks_for_a_name_in_ascii)
{
    static const char *const cases[][2] = {{"b\u00fccher.test", "xn--bcher-kva.test"},
                                           {"B\u00dcCHER.test.", "xn--bcher-kva.test"},
                                           {"localhost", "localhost"},
                                           {"127.0.0.1", ""}};
    struct scene scene;
    struct stream_error why;
    open_scene(&scene, ECHOES);
    let_it_serve(&scene);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct ear e;
        CHECK(call(&scene, &e, cases[i][0]));
        CHECK(say(&scene, &e, "x"));
        CHECK_TEXT(scene.server.asked_for, cases[i][1]);
        leave(&e);
    }
    failure_of(&scene, "\xff.test", scene.authority.cert_file, true, &why);
    CHECK_INT(why.failure, STREAM_TLS);
    CHECK_TEXT(why.text, "the host name is empty, too long or malformed");
    CHECK(close_scene(&scene));
}

static bool fails_with(enum manner manner, int which, bool verify, struct stream_error *why)
{
    struct scene scene;
    open_scene(&scene, manner);
    const struct identity *ids[] = {&scene.good, &scene.expired, &scene.alone};
    close(scene.server.fd);
    SSL_CTX_free(scene.server.ssl);
    start_server(&scene, manner, ids[which]);
    let_it_serve(&scene);
    failure_of(&scene, "localhost", scene.authority.cert_file, verify, why);
    return close_scene(&scene);
}

TEST(says_why_a_certificate_is_not_trusted)
{
    struct stream_error why;
    CHECK(fails_with(ECHOES, 1, true, &why));
    CHECK_TEXT(why.text, "certificate verify failed: certificate has expired");
    CHECK(fails_with(ECHOES, 2, true, &why));
    CHECK_TEXT(why.text, "certificate verify failed: self-signed certificate");
    CHECK_INT(why.failure, STREAM_TLS);
    CHECK(fails_with(ECHOES, 1, false, &why));
    CHECK_INT(why.failure, STREAM_OK);
    CHECK(fails_with(ECHOES, 2, false, &why));
    CHECK_INT(why.failure, STREAM_OK);
}

TEST(says_why_there_was_no_handshake)
{
    struct stream_error why;
    CHECK(fails_with(SAYS_PLAIN, 0, true, &why));
    CHECK_INT(why.failure, STREAM_TLS);
    CHECK_TEXT(why.text, "wrong version number");
    CHECK(fails_with(CLOSES, 0, true, &why));
    CHECK(why.failure == STREAM_TLS || why.code == ECONNRESET);
    CHECK(why.failure == STREAM_ERRNO ||
          strcmp(why.text, "the connection was closed in the handshake") == 0);
    CHECK(fails_with(RESETS, 0, true, &why));
    CHECK_INT(why.failure, STREAM_ERRNO);
    CHECK_INT(why.code, ECONNRESET);
}

/* Whether a second connection resumes the first; both have an exchange. */
static bool resumes(struct scene *scene, struct tls_context *first, struct tls_context *second)
{
    struct ear e;
    bool ok = true;
    begin(scene, &e, "localhost", first);
    ok = settle(scene, &e) && say(scene, &e, "once") && !stream_is_resumed(e.stream);
    TURN_UNTIL(&scene->room, scene->server.manner == ECHOES || e.has_ended);
    leave(&e);
    begin(scene, &e, "localhost", second);
    ok = ok && settle(scene, &e) && say(scene, &e, "again") && stream_is_resumed(e.stream);
    leave(&e);
    return ok;
}

TEST(resumes_what_it_has_met)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    static const enum manner manners[] = {ECHOES, SAYS_BYE, CUTS};
    for (size_t i = 0; i < 6; i++) {
        struct scene scene;
        open_scene(&scene, manners[i / 2]);
        SSL_CTX_set_max_proto_version(scene.server.ssl, versions[i % 2]);
        let_it_serve(&scene);
        CHECK(resumes(&scene, scene.context, scene.context));
        CHECK_INT(tls_tickets_count(scene.tickets), 1);
        CHECK(close_scene(&scene));
    }
}

TEST(resumes_nothing_that_another_met)
{
    struct scene scene;
    struct ear e;
    open_scene(&scene, ECHOES);
    let_it_serve(&scene);
    struct tls_context *careless = trust(NULL, false);
    CHECK(!resumes(&scene, careless, scene.context));
    CHECK(call(&scene, &e, "127.0.0.1")); // another name
    CHECK(!stream_is_resumed(e.stream));
    leave(&e);
    tls_tickets_free(scene.tickets);
    scene.tickets = NULL; // nobody remembers
    CHECK(!resumes(&scene, scene.context, scene.context));
    tls_context_free(careless);
    CHECK(close_scene(&scene));
}

TEST(knows_a_goodbye)
{
    static const enum manner manners[] = {SAYS_BYE, CUTS};
    for (int i = 0; i < 2; i++) {
        struct scene scene;
        struct ear e;
        open_scene(&scene, manners[i]);
        let_it_serve(&scene);
        CHECK(call(&scene, &e, "localhost"));
        CHECK(say(&scene, &e, "last words"));
        TURN_UNTIL(&scene.room, e.has_ended);
        CHECK_TEXT(buf_cstr(&e.heard), "last words");
        CHECK_INT(e.why.failure, STREAM_CLOSED);
        CHECK_INT(e.why.code, i);
        CHECK_INT(e.failed, 0);
        CHECK(stream_is_dead(e.stream));
        leave(&e);
        CHECK(close_scene(&scene));
    }
}

/* Tickets that come while nobody listens are no reason to give a connection up. */
TEST(an_idle_one_lives_until_the_peer_goes)
{
    struct scene scene;
    struct ear e;
    open_scene(&scene, SAYS_BYE);
    let_it_serve(&scene);
    CHECK(call(&scene, &e, "localhost"));
    stream_set_events(e.stream, &(struct stream_events){.self = NULL});
    TURN_UNTIL(&scene.room, tls_tickets_count(scene.tickets) > 0);
    CHECK(!stream_is_dead(e.stream));
    struct str piece = STR("unheard");
    CHECK_INT(stream_write(e.stream, &piece, 1), 0);
    while (loop_turn(scene.room.loop, true)) // until it has looked by itself
        continue;
    CHECK(stream_is_dead(e.stream));
    leave(&e);
    CHECK(close_scene(&scene));
}

TEST(closes_at_any_time)
{
    struct scene scene;
    struct ear e;
    open_scene(&scene, SAYS_NOTHING);
    let_it_serve(&scene);
    begin(&scene, &e, "localhost", scene.context);
    leave(&e); // it dials
    begin(&scene, &e, "localhost", scene.context);
    TURN_UNTIL(&scene.room, stream_timings(e.stream)->connected_ns > 0);
    leave(&e); // in the handshake
    CHECK_INT(e.connected + e.failed, 0);
    CHECK(close_scene(&scene));
    open_scene(&scene, ECHOES);
    let_it_serve(&scene);
    CHECK(call(&scene, &e, "localhost"));
    char *much = calloc(1, 32 << 20);
    struct str piece = str_make(much, 32 << 20);
    CHECK_INT(stream_write(e.stream, &piece, 1), 0);
    CHECK(!stream_is_drained(e.stream));
    free(much);
    leave(&e); // with a rest
    CHECK(close_scene(&scene));
}

TEST(shows_its_certificate)
{
    struct scene scene;
    struct ear e;
    struct err err = ERR_INIT;
    open_scene(&scene, ECHOES);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(scene.server.ssl), scene.authority.cert);
    SSL_CTX_set_verify(scene.server.ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    let_it_serve(&scene);
    struct tls_settings settings = {.verify = true,
                                    .ca_file = scene.authority.cert_file,
                                    .cert_file = scene.good.cert_file,
                                    .key_file = scene.good.key_file};
    struct tls_context *context = tls_context_new(&settings, &err);
    CHECK(context != NULL);
    begin(&scene, &e, "localhost", context);
    CHECK(settle(&scene, &e));
    CHECK(say(&scene, &e, "it is me"));
    CHECK_STR(stream_alpn(e.stream), "");
    leave(&e);
    tls_context_free(context);
    if (call(&scene, &e, "localhost")) // TLS 1.3 refuses afterwards
        CHECK(!say(&scene, &e, "nobody"));
    CHECK_INT(e.why.failure, STREAM_TLS);
    CHECK(strstr(e.why.text, "alert certificate required") != NULL);
    leave(&e);
    CHECK(close_scene(&scene));
}

TEST(names_the_file_that_is_wrong)
{
    struct scene scene;
    struct err err = ERR_INIT;
    open_scene(&scene, ECHOES);
    let_it_serve(&scene);
    const char *good = scene.good.cert_file, *key = scene.good.key_file;
    const struct {
        struct tls_settings settings;
        const char *part[2];
    } cases[] = {
        {{.verify = true, .ca_file = "/nowhere/ca.pem"},
         {"trust from '/nowhere/ca.pem'", "No such file or directory"}},
        {{.verify = true, .ca_file = key}, {"good.key", "no certificate or crl found"}},
        {{.cert_file = "/nowhere/c.pem"}, {"a certificate from '/nowhere/c.pem'", "No such file"}},
        {{.cert_file = good}, {"key from '", "good.pem"}},
        {{.cert_file = good, .key_file = scene.alone.key_file},
         {"alone.key", "key values mismatch"}},
        {{.key_file = key}, {"needs a certificate", "good.key"}},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        err_clear(&err);
        CHECK(tls_context_new(&cases[i].settings, &err) == NULL);
        if (strstr(err.text, cases[i].part[0]) == NULL ||
            strstr(err.text, cases[i].part[1]) == NULL)
            CHECK_TEXT(err.text, cases[i].part[0]);
    }
    tls_context_free(NULL);
    struct buf version = BUF_INIT;
    tls_add_version(&version);
    CHECK(str_starts(buf_slice(&version), STR("OpenSSL 3.")));
    buf_release(&version);
    CHECK(close_scene(&scene));
}

TEST_MAIN(RUN(says_and_hears); RUN(carries_much); RUN(trusts_the_right_name_alone);
          RUN(asks_for_a_name_in_ascii); RUN(says_why_a_certificate_is_not_trusted);
          RUN(says_why_there_was_no_handshake); RUN(resumes_what_it_has_met);
          RUN(resumes_nothing_that_another_met); RUN(knows_a_goodbye);
          RUN(an_idle_one_lives_until_the_peer_goes); RUN(closes_at_any_time);
          RUN(shows_its_certificate); RUN(names_the_file_that_is_wrong);)
