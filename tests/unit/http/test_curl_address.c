/* test_curl_address -- where a handle's request goes. */
// SPDX-License-Identifier: MIT
#include "http/curl_address.h"

#include "base/mem.h"

#include "../check.h"

/* What the handle is then set to; NULL: it was refused. Borrowed. */
static const char *set(struct curl_address *a, CURL *easy, const char *url)
{
    struct transfer_spec spec = {.url = str_of(url)};
    if (url_parse(&spec.parts, spec.url, NULL) < 0)
        BUG("no URL");
    return curl_address_set(a, easy, &spec) == NULL ? buf_cstr(&a->text) : NULL;
}

TEST(urls_and_sockets_in_turn)
{
    CURL *easy = curl_easy_init();
    struct curl_address a = {.url = NULL};
    CHECK_TEXT(set(&a, easy, "http://h.org/a/../b?c"), "http://h.org/a/../b?c");
    CHECK(a.socket_path == NULL);
    CURLU *url = a.url;
    for (int i = 0; i < 2; i++) {
        CHECK_TEXT(set(&a, easy, "http+unix://%2Ftmp%2Fa.sock/b/../c?d=e"),
                   "http://localhost/b/../c?d=e");
        CHECK_TEXT(a.socket_path, "/tmp/a.sock");
    }
    CHECK_TEXT(set(&a, easy, "http+unix://b.sock/"), "http://localhost/");
    CHECK_TEXT(a.socket_path, "b.sock");
    CHECK_TEXT(set(&a, easy, "http://localhost/"), "http://localhost/");
    CHECK(a.socket_path == NULL);
    CHECK(a.url == url);
    curl_easy_cleanup(easy);
    curl_address_release(&a);
}

TEST(what_libcurl_refuses)
{
    CURL *easy = curl_easy_init();
    struct curl_address a = {.url = NULL};
    CHECK(set(&a, easy, "http://h%0a/") == NULL);
    CHECK_TEXT(set(&a, easy, "http://h.org/"), "http://h.org/");
    curl_easy_cleanup(easy);
    curl_address_release(&a);
}

TEST_MAIN(RUN(urls_and_sockets_in_turn); RUN(what_libcurl_refuses);)
