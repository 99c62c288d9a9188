/* test_h1_tls -- one context for each kind of settings. */
// SPDX-License-Identifier: MIT
#include "http/h1_tls.h"

#include "../check.h"

TEST(one_for_each_kind)
{
    struct h1_tls t = {.kinds = NULL};
    struct err err = ERR_INIT;
    struct http_settings trusting = {.verify = false}, careful = {.verify = true};
    struct tls_context *first = h1_tls_get(&t, &trusting, &err);
    CHECK(first != NULL);
    struct tls_context *second = h1_tls_get(&t, &careful, &err);
    CHECK(second != NULL && second != first);
    CHECK(h1_tls_get(&t, &trusting, &err) == first);
    CHECK(h1_tls_get(&t, &trusting, &err) == first);
    CHECK(h1_tls_get(&t, &careful, &err) == second);
    // what has nothing to do with TLS makes no other kind
    careful.read_s = 7;
    careful.version = HTTP_VERSION_1_0;
    CHECK(h1_tls_get(&t, &careful, &err) == second);
    h1_tls_release(&t);
}

TEST(files_that_cannot_be_used)
{
    struct h1_tls t = {.kinds = NULL};
    struct err err = ERR_INIT;
    struct http_settings s = {.verify = true, .ca_file = "/none/ca.pem"};
    CHECK(h1_tls_get(&t, &s, &err) == NULL);
    CHECK(strstr(err.text, "/none/ca.pem") != NULL);
    err_clear(&err);
    s = (struct http_settings){.cert_file = "/none/cert.pem", .key_file = "/none/key.pem"};
    CHECK(h1_tls_get(&t, &s, &err) == NULL);
    CHECK(strstr(err.text, "/none/") != NULL);
    // and the next is none the worse for it
    s = (struct http_settings){.verify = false};
    CHECK(h1_tls_get(&t, &s, &err) != NULL);
    h1_tls_release(&t);
}

TEST_MAIN(RUN(one_for_each_kind); RUN(files_that_cannot_be_used);)
