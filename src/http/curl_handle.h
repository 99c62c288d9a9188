/*
 * curl_handle -- one easy handle: what it is set to, and what comes of its transfer.
 *
 * A handle that is used again sets only what is different from the time before: a user's requests
 * are mostly alike, and each option costs. It starts nothing by itself; http/curl_transport adds it
 * to the multi, and gives it to one transfer after the other.
 *
 * libcurl would send a request again, whatever its method, when a connection that was used before
 * ends without a byte of an answer. Then a server may have served it twice while we count it once.
 * So nothing is sent a second time: such a request fails as closed or reset, as it does with
 * python-requests. One exception: over HTTP/2 requests whose method is safe (RFC 9110 9.2.1), since
 * a server there says which of them it has not touched when it ends a connection in good order.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_CURL_HANDLE_H
#define HTTP_CURL_HANDLE_H

#include "http/curl_address.h"
#include "http/curl_body.h"
#include "http/curl_head.h"
#include "http/headers.h"
#include "http/transport.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

/* Embedded in its owner. */
struct curl_handle {
    CURL *easy;

    /* The transfer, from curl_handle_prepare to its end. */
    const struct transfer_spec *spec;
    struct transfer_sink sink;
    bool was_sent;         /* the connection stood, and the request was about to be written */
    bool was_retried;      /* and was about to be written once more, which was refused */
    int open_errno;        /* of a socket that could not be made; set by the owner */
    bool was_opened;       /* there was a socket; likewise */
    const char *no_source; /* why no socket has a source; likewise */
    uint64_t active_ns;    /* when something last came in, was connected or was sent */
    bool is_held;          /* no more of the body is taken for now; set by the owner */
    bool is_paused;        /* and libcurl knows; likewise */

    /* private */
    const struct loop *loop;
    struct curl_head head;      /* of the answer, as far as it has come */
    uint64_t sent_ns, first_ns; /* it was about to be written, the first line came; 0 */
    bool is_stopped;            /* the sink said: enough */
    uint64_t received;

    enum curl_method {
        CURL_METHOD_UNSET,
        CURL_METHOD_GET,
        CURL_METHOD_HEAD,
        CURL_METHOD_BODY
    } method;
    struct curl_body body;
    char *custom_method; /* CURLOPT_CUSTOMREQUEST; NULL: none */
    struct curl_address address;
    struct http_settings settings; /* strings are owned */
    bool has_settings;
    struct curl_slist *lines; /* CURLOPT_HTTPHEADER, in an array */
    size_t lines_capacity;
    struct buf empty_lines; /* headers without a value, as libcurl wants them */
    struct curl_slist resolve[2];
    char *resolve_lines[2];
    long connect_ms;
    bool forbids_reuse; /* CURLOPT_FORBID_REUSE */
    bool has_small_buffer;
    unsigned fitting, fitting_wanted; /* answers on end that a small buffer holds, of so many */
    char error[CURL_ERROR_SIZE];
};

/* 0; -1 where libcurl has no memory or no such feature. */
int curl_handle_init(struct curl_handle *h, const struct loop *loop);
void curl_handle_release(struct curl_handle *h);
/* As after init: for another user. The handle must not be in a multi. */
void curl_handle_reset(struct curl_handle *h);

/* Sets it to a transfer. NULL, or what is wrong with its URL. `lines` are what libcurl is to know about names (at most two, copied; NULL:
 * it knows). With several addresses to try, libcurl must know how long connecting may take. */
const char *curl_handle_prepare(struct curl_handle *h, const struct transfer_spec *spec,
                                const struct transfer_sink *sink, const char *const lines[2],
                                bool has_several_addresses);

/* May the request be written, once more perhaps? If not, the transfer must be ended. */
bool curl_handle_may_send(struct curl_handle *h);

/* Does the transfer ask for HTTP/2, by whichever way? */
bool curl_handle_speaks_http2(const struct curl_handle *h);

/* When something last came of the answer. */
uint64_t curl_handle_last_ns(const struct curl_handle *h);

/* What came of it: fills all of `end` but start and end; the failure's text goes to `text`. */
void curl_handle_end(struct curl_handle *h, CURLcode code, double elapsed_s,
                     struct transfer_end *end, struct buf *text);

/* The transfer is over: what it borrowed is let go. */
void curl_handle_clear(struct curl_handle *h);

#endif
