/* test_curl_transport -- what each transport does, and what this one does alone. */
// SPDX-License-Identifier: MIT
#include "http/curl_transport.h"

#include "address_cases.h"
#include "transport_cases.h"

static struct transport *make_transport(struct loop *loop, struct resolver *resolver,
                                        struct err *err)
{
    return curl_transport_new(loop, resolver, case_sources, err);
}

/* What the process does before it comes to send a request is no time of the server's. */
TEST(times_begin_when_it_is_sent)
{
    struct room room;
    open_room(&room);
    uint64_t begin_ns = clock_now_ns(&room.wire.clock);
    struct http_request *request = wire_start(&room.wire, room.session, to(&room, "/ok"));
    while (clock_now_ns(&room.wire.clock) < begin_ns + 50 * NS_PER_MS)
        continue;
    wire_wait(&room.wire, request);
    double all_ms = ns_to_ms(clock_now_ns(&room.wire.clock) - begin_ns);
    struct http_response *r = http_request_take_response(request);
    CHECK_INT(r->status, 200);
    CHECK(r->response_time_ms > 0);
    CHECK(r->response_time_ms < all_ms - 49);
    http_response_free(r);
    http_request_free(request);
    CHECK(close_room(&room));
}

TEST(proxies)
{
    struct room room;
    char proxy[100];
    open_room(&room);
    snprintf(proxy, sizeof(proxy), "http://user:pass@localhost:%d", room.server.port);
    room.spec = wire_spec("GET", "http://server.test/ok");
    room.spec.settings.proxy = proxy;
    // the name is the proxy's to resolve
    struct http_response *r = wire_ask(&room.wire, room.session, &room.spec);
    CHECK_INT(r->status, 200);
    CHECK(strstr(raw_last(&room.server), "GET http://server.test/ok HTTP/1.1\r\n") != NULL);
    CHECK(strstr(raw_last(&room.server), "\r\nHost: server.test\r\n") != NULL);
    CHECK(strstr(raw_last(&room.server), "\r\nProxy-Authorization: Basic dXNlcjpwYXNz\r\n") !=
          NULL);
    http_response_free(r);
    room.spec.settings.proxy = "http://user:secret@127.0.0.1:1";
    r = wire_ask(&room.wire, room.session, &room.spec);
    CHECK_INT(r->failure, HTTP_PROXY);
    CHECK_TEXT(r->failure_text,
               "ProxyError('Cannot connect to proxy.', ConnectionRefusedError(111, "
               "'Connection refused'))");
    http_response_free(r);
    room.spec.settings.proxy = "http://proxy..test:80";
    r = wire_ask(&room.wire, room.session, &room.spec);
    CHECK_INT(r->failure, HTTP_PROXY);
    CHECK(strstr(r->failure_text, "ProxyError('Cannot connect to proxy.', gaierror(") != NULL);
    http_response_free(r);
    room.spec = wire_spec("GET", "http://h.org/");
    room.spec.settings.proxy = "nonsense://x";
    r = wire_ask(&room.wire, room.session, &room.spec);
    CHECK_INT(r->failure, HTTP_PROXY);
    http_response_free(r);
    // the environment is not asked
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    room.spec = wire_spec("GET", "");
    r = ask(&room, "/ok");
    unsetenv("http_proxy");
    CHECK_INT(r->status, 200);
    http_response_free(r);
    CHECK(close_room(&room));
}

TEST(checks_settings)
{
    struct wire w;
    wire_open(&w, make_transport);
    struct http_settings s = {.verify = true, .version = HTTP_VERSION_2};
    struct err err = ERR_INIT;
    CHECK_INT(w.transport->check(w.transport, &s, &err), 0);
    s.proxy = "ftp://x";
    CHECK_INT(w.transport->check(w.transport, &s, &err), -1);
    CHECK(strstr(err.text, "proxy: a proxy can't be 'ftp'") != NULL);
    err_clear(&err);
    s = (struct http_settings){.verify = true, .ca_file = "/none/ca.pem"};
    CHECK_INT(w.transport->check(w.transport, &s, &err), -1);
    CHECK_TEXT(err.text, "verify: can't read '/none/ca.pem': No such file or directory");
    err_clear(&err);
    s = (struct http_settings){.cert_file = "/none/cert.pem"};
    CHECK_INT(w.transport->check(w.transport, &s, &err), -1);
    CHECK(strstr(err.text, "cert: ") == err.text);
    CHECK(strlen(curl_transport_version()) > 0);
    CHECK(strlen(curl_transport_tls_version()) > 0);
    CHECK(wire_close(&w));
}

TEST_MAIN(RUN_TRANSPORT_CASES RUN_ADDRESS_CASES RUN(times_begin_when_it_is_sent); RUN(proxies);
          RUN(checks_settings);)
