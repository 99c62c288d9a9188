/* curl_place -- the hosts whose addresses libcurl needs for a request. */
// SPDX-License-Identifier: MIT
#include "http/curl_place.h"

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#define PORT_PROXY 1080 /* libcurl's, where a proxy's URL names none */
#define PORT_PROXY_TLS 443

/* Letters beyond are translated before (net/idn); those that can't be come here. */
static bool is_ascii(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] >= 0x80)
            return false;
    }
    return true;
}

static int keep_host(struct curl_place *place, struct str host, struct err *err)
{
    if (str_starts(host, STR("[")))
        host = str_slice(host, 1, host.n - 1);
    if (host.n == 0 || host.n >= sizeof(place->host))
        return err_set(err, "expected a host name of 1 to 255 bytes");
    if (!is_ascii(host))
        return err_set(err, "expected a host name in UTF-8, its labels at most 63 bytes long");
    memcpy(place->host, host.p, host.n);
    place->host[host.n] = '\0';
    return 0;
}

static int target_place(struct curl_place *place, const struct url *url, struct err *err)
{
    place->port = url->port;
    return keep_host(place, url->host, err);
}

/* *resolves: whether we, not the proxy, look the server's name up. */
static int proxy_place(struct curl_place *place, const char *proxy, bool *resolves, struct err *err)
{
    static const char *const known[] = {"http",    "https",  "socks",  "socks4",
                                        "socks4a", "socks5", "socks5h"};
    char *scheme = NULL, *host = NULL, *port = NULL;
    bool is_known = false;
    int rc = -1;
    CURLU *u = curl_url();
    if (curl_url_set(u, CURLUPART_URL, proxy, CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME) !=
            CURLUE_OK ||
        curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
        curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK) {
        err_set(err, "the proxy is no URL (expected http://HOST:PORT)");
        goto out;
    }
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        is_known |= str_equal_nocase(str_of(scheme), str_of(known[i]));
    if (!is_known) {
        err_set(err,
                "a proxy can't be '%s' (expected http, https, socks4, socks4a, socks5, socks5h)",
                scheme);
        goto out;
    }
    struct str type = str_of(scheme);
    *resolves = str_equal_nocase(type, STR("socks")) || str_equal_nocase(type, STR("socks4")) ||
                str_equal_nocase(type, STR("socks5"));
    place->port = str_equal_nocase(type, STR("https")) ? PORT_PROXY_TLS : PORT_PROXY;
    if (curl_url_get(u, CURLUPART_PORT, &port, 0) == CURLUE_OK)
        place->port = (uint16_t)strtoul(port, NULL, 10);
    rc = keep_host(place, str_of(host), err);
out:
    curl_free(port);
    curl_free(host);
    curl_free(scheme);
    curl_url_cleanup(u);
    return rc;
}

size_t curl_places_find(struct curl_place places[CURL_PLACES_MAX], const struct url *url,
                        const char *proxy, struct err *err)
{
    bool resolves = false;
    if (proxy == NULL)
        return target_place(&places[0], url, err) < 0 ? 0 : 1;
    if (proxy_place(&places[0], proxy, &resolves, err) < 0)
        return 0;
    if (!resolves)
        return 1;
    return target_place(&places[1], url, err) < 0 ? 0 : 2;
}

int curl_place_check_proxy(const char *proxy, struct err *err)
{
    struct curl_place place;
    bool resolves;
    return proxy_place(&place, proxy, &resolves, err);
}
