/* curl_address -- where a handle's request goes. */
// SPDX-License-Identifier: MIT
#include "http/curl_address.h"

#include "base/err.h"

#include <stdlib.h>

void curl_address_release(struct curl_address *a)
{
    curl_url_cleanup(a->url);
    buf_release(&a->text);
    free(a->socket_path);
}

/* A CURLU saves libcurl parsing the same URL for each request. NULL, or why it refuses it. */
static const char *set_url(struct curl_address *a, CURL *easy, struct str url)
{
    if (str_equal(buf_slice(&a->text), url))
        return NULL;
    if (a->url == NULL) {
        a->url = curl_url();
        if (a->url == NULL)
            BUG("out of memory");
        curl_easy_setopt(easy, CURLOPT_CURLU, a->url);
    }
    buf_clear(&a->text);
    buf_add_str(&a->text, url);
    CURLUcode code = curl_url_set(a->url, CURLUPART_URL, buf_cstr(&a->text), CURLU_PATH_AS_IS);
    if (code == CURLUE_OK)
        return NULL;
    buf_clear(&a->text);
    return curl_url_strerror(code);
}

/* Over a socket, or the first that isn't any more. libcurl takes its path beside a usual URL, whose
 * host nobody sees: the request has a Host of its own. */
static const char *set_socket(struct curl_address *a, CURL *easy, const struct transfer_spec *spec)
{
    struct buf text = BUF_INIT;
    free(a->socket_path);
    a->socket_path = NULL;
    if (spec->parts.is_unix) {
        url_decode(&text, spec->parts.host);
        a->socket_path = buf_detach(&text);
    }
    curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, a->socket_path);
    if (a->socket_path == NULL)
        return set_url(a, easy, spec->url);
    const char *path = spec->parts.path.p; // and what follows
    buf_add_cstr(&text, "http://localhost");
    buf_add(&text, path, (size_t)(spec->url.p + spec->url.n - path));
    const char *why = set_url(a, easy, buf_slice(&text));
    buf_release(&text);
    return why;
}

const char *curl_address_set(struct curl_address *a, CURL *easy, const struct transfer_spec *spec)
{
    if (spec->parts.is_unix || a->socket_path != NULL)
        return set_socket(a, easy, spec);
    return set_url(a, easy, spec->url);
}
