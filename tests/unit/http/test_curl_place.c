/* test_curl_place -- whose addresses libcurl will ask for. */
// SPDX-License-Identifier: MIT
#include "http/curl_place.h"

#include "base/buf.h"

#include "../check.h"

/* "host:port host:port", or the error. */
static const char *places(const char *text, const char *proxy)
{
    static char out[sizeof(((struct err *)0)->text)];
    struct curl_place found[CURL_PLACES_MAX];
    struct url url;
    struct err err = ERR_INIT;
    struct buf b = BUF_INIT;
    if (url_parse(&url, str_of(text), NULL) < 0)
        BUG("the test's URL");
    size_t n = curl_places_find(found, &url, proxy, &err);
    for (size_t i = 0; i < n; i++)
        buf_addf(&b, "%s%s:%u", i > 0 ? " " : "", found[i].host, found[i].port);
    snprintf(out, sizeof(out), "%s", n == 0 ? err.text : buf_cstr(&b));
    buf_release(&b);
    return out;
}

TEST(servers)
{
    CHECK_TEXT(places("http://h.org/", NULL), "h.org:80");
    CHECK_TEXT(places("https://h.org/", NULL), "h.org:443");
    CHECK_TEXT(places("http://H.org:8080/", NULL), "H.org:8080");
    CHECK_TEXT(places("http://127.0.0.1:81/", NULL), "127.0.0.1:81");
    CHECK_TEXT(places("http://[::1]:81/", NULL), "::1:81");
    CHECK_TEXT(places("http://\xff\xfe.example/", NULL),
               "expected a host name in UTF-8, its labels at most 63 bytes long");
    struct buf url = BUF_INIT;
    buf_add_cstr(&url, "http://");
    buf_add_many(&url, 'a', 300);
    CHECK_TEXT(places(buf_cstr(&url), NULL), "expected a host name of 1 to 255 bytes");
    buf_release(&url);
}

TEST(proxies)
{
    CHECK_TEXT(places("http://h.org/", "http://p.net:3128"), "p.net:3128");
    CHECK_TEXT(places("https://h.org/", "http://user:pass@p.net"), "p.net:1080");
    CHECK_TEXT(places("http://h.org/", "p.net:3128"), "p.net:3128");
    CHECK_TEXT(places("http://h.org/", "https://p.net"), "p.net:443");
    CHECK_TEXT(places("http://h.org/", "http://[::1]:99"), "::1:99");
    CHECK_TEXT(places("http://h.org/", "socks5h://p.net"), "p.net:1080");
    CHECK_TEXT(places("http://h.org/", "socks5://p.net"), "p.net:1080 h.org:80");
    CHECK_TEXT(places("https://h.org/", "SOCKS4://p.net:9"), "p.net:9 h.org:443");
    CHECK_TEXT(places("http://h.org/", "ftp://p.net"),
               "a proxy can't be 'ftp' (expected http, https, socks4, socks4a, socks5, socks5h)");
    CHECK_TEXT(places("http://h.org/", "http://"),
               "the proxy is no URL (expected http://HOST:PORT)");
}

TEST(checks_proxies)
{
    struct err err = ERR_INIT;
    CHECK_INT(curl_place_check_proxy("http://p.net:3128", &err), 0);
    CHECK_INT(curl_place_check_proxy("gopher://p.net", &err), -1);
    CHECK(strstr(err.text, "'gopher'") != NULL);
    err_clear(&err);
    CHECK_INT(curl_place_check_proxy("", &err), -1);
}

TEST_MAIN(RUN(servers); RUN(proxies); RUN(checks_proxies);)
