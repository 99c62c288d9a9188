/*
 * curl_failure -- what libcurl's codes and error texts mean.
 *
 * The codes alone don't tell a reset from a close, nor a chunk's bad length from a proxy's refusal:
 * the texts do. They are of libcurl 7.88; one that isn't known any more falls back to its code.
 */
// SPDX-License-Identifier: MIT
#include "http/curl_failure.h"

#include "net/tls.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CODE_TOO_LARGE 100 /* CURLE_TOO_LARGE, since 8.6.0 */

static bool has(const struct curl_outcome *o, const char *part)
{
    return strstr(o->text, part) != NULL;
}

static enum http_failure add_errno(struct buf *out, int number)
{
    http_failure_add_errno(out, number);
    return http_failure_of_errno(number);
}

static enum http_failure add_text(struct buf *out, enum http_failure failure, const char *name,
                                  const char *text)
{
    http_failure_add_named(out, name, str_of(text));
    return failure;
}

static enum http_failure add_closed(struct buf *out)
{
    http_failure_add_closed(out);
    return HTTP_CLOSED;
}

/* The errno that the text speaks of; 0: of none. libcurl's own may be that of TLS's goodbye, which was
 * tried after. */
static int errno_of_text(const struct curl_outcome *o)
{
    static const int known[] = {ECONNRESET,   EPIPE,       ETIMEDOUT,
                                EHOSTUNREACH, ENETUNREACH, ECONNREFUSED};
    const char *number = strstr(o->text, ", errno ");
    if (number != NULL)
        return (int)strtol(number + strlen(", errno "), NULL, 10);
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
        if (has(o, strerrordesc_np(known[i])))
            return known[i];
    }
    // The third is what libcurl found when it wanted to know more of a write that had failed.
    bool is_known =
        has(o, "Send failure: ") || has(o, "Recv failure: ") || has(o, "getpeername() failed");
    return is_known ? o->os_errno : 0;
}

static enum http_failure add_incomplete(struct buf *out, const struct curl_outcome *o)
{
    buf_addf(out, "IncompleteRead(%" PRIu64 " bytes read", o->received);
    if (o->expected > 0 && (uint64_t)o->expected > o->received)
        buf_addf(out, ", %" PRIu64 " more expected", (uint64_t)o->expected - o->received);
    buf_add_char(out, ')');
    return HTTP_INCOMPLETE;
}

/* What OpenSSL says behind its numbers, "error:0A000126:SSL routines::REASON". False: nothing. */
static bool find_reason(const struct curl_outcome *o, struct str *reason)
{
    const char *p = strstr(o->text, "error:");
    for (int colons = 0; colons < 4 && p != NULL; colons++) {
        p = strchr(p, ':');
        p += p != NULL;
    }
    if (p == NULL)
        return false;
    const char *errno_part = strstr(p, ", errno "), *place = strstr(p, " in connection to ");
    const char *end = errno_part != NULL ? errno_part : place;
    *reason = str_make(p, end != NULL ? (size_t)(end - p) : strlen(p));
    return true;
}

/* The connection ended under the request: by an error, or closed. */
static enum http_failure add_broken_connection(struct buf *out, const struct curl_outcome *o)
{
    struct str reason;
    int number = errno_of_text(o);
    if (number != 0)
        return add_errno(out, number);
    if (!has(o, "unexpected eof") && find_reason(o, &reason)) {
        http_failure_add_named(out, "SSLError", reason);
        return HTTP_TLS;
    }
    return o->has_head ? add_incomplete(out, o) : add_closed(out);
}

static enum http_failure add_not_connected(struct buf *out, const struct curl_outcome *o)
{
    int number = o->open_errno != 0 ? o->open_errno : o->os_errno;
    if (o->was_retried)
        return add_broken_connection(out, o);
    if (o->no_source != NULL && o->open_errno == 0)
        return add_text(out, HTTP_NO_SOURCE, "SourceAddressError", o->no_source);
    if (o->has_proxy && o->open_errno == 0) {
        buf_add_cstr(out, "ProxyError('Cannot connect to proxy.', ");
        http_failure_add_errno(out, number);
        buf_add_char(out, ')');
        return HTTP_PROXY;
    }
    if (number == 0)
        return add_text(out, HTTP_OTHER, "ConnectionError", "Failed to connect");
    return add_errno(out, number);
}

static enum http_failure add_receive_error(struct buf *out, const struct curl_outcome *o)
{
    if (has(o, "in chunked-encoding") || has(o, "chunked-encoded stream"))
        return add_text(out, HTTP_BAD_RESPONSE, "InvalidChunkLength", o->text);
    if (has(o, "CONNECT") || has(o, "proxy"))
        return add_text(out, HTTP_PROXY, "ProxyError", o->text);
    if (has(o, "header"))
        return add_text(out, HTTP_TOO_LARGE, "ResponseTooLarge", o->text);
    return add_broken_connection(out, o);
}

/* Without stream numbers, which differ each time. */
static enum http_failure add_http2(struct buf *out, const struct curl_outcome *o)
{
    const char *text = o->text;
    const char *stream = strstr(text, "stream ");
    struct buf plain = BUF_INIT;
    if (stream == NULL) {
        buf_add_cstr(&plain, *text != '\0' ? text : "HTTP/2 framing error");
    } else {
        const char *rest = stream + strlen("stream ");
        buf_add(&plain, text, (size_t)(rest - text) - 1);
        buf_add_cstr(&plain, rest + strspn(rest, "0123456789"));
    }
    http_failure_add_named(out, "HTTP2Error", buf_slice(&plain));
    buf_release(&plain);
    return HTTP_BAD_RESPONSE;
}

static enum http_failure add_tls(struct buf *out, const struct curl_outcome *o)
{
    static const char problem[] = "SSL certificate problem: ";
    if (has(o, "host name") && (has(o, "does not match") || has(o, "matches")))
        return add_text(out, HTTP_TLS, "SSLError",
                        "certificate verify failed: it is for another host name");
    int number = errno_of_text(o);
    if (number != 0)
        return add_errno(out, number);
    if (has(o, "SSL_ERROR_SYSCALL") || has(o, "unexpected eof"))
        return add_text(out, HTTP_TLS, "SSLError", "the connection was closed in the handshake");
    struct str reason;
    if (find_reason(o, &reason)) {
        http_failure_add_named(out, "SSLError", reason);
        return HTTP_TLS;
    }
    struct buf plain = BUF_INIT;
    const char *text = strstr(o->text, problem);
    if (text != NULL) {
        buf_add_cstr(&plain, "certificate verify failed: ");
        text += strlen(problem);
    } else {
        text = *o->text != '\0' ? o->text : curl_easy_strerror(o->code);
    }
    const char *place = strstr(text, " in connection to ");
    buf_add(&plain, text, place != NULL ? (size_t)(place - text) : strlen(text));
    http_failure_add_named(out, "SSLError", buf_slice(&plain));
    buf_release(&plain);
    return HTTP_TLS;
}

/* A certificate or a key can't be used: said as net/tls does, which is asked once more. */
static enum http_failure add_tls_file(struct buf *out, const struct curl_outcome *o)
{
    struct err err = ERR_INIT;
    const struct http_settings *s = o->settings;
    if (s == NULL)
        return add_tls(out, o);
    const struct tls_settings files = {.verify = s->verify,
                                       .ca_file = s->ca_file,
                                       .cert_file = s->cert_file,
                                       .key_file = s->key_file};
    struct tls_context *context = tls_context_new(&files, &err);
    if (context == NULL)
        return add_text(out, HTTP_TLS, "SSLError", err.text);
    tls_context_free(context);
    return add_tls(out, o);
}

static enum http_failure add_timed_out(struct buf *out, const struct curl_outcome *o)
{
    if (o->was_sent || o->connect_s <= 0 || o->elapsed_s < o->connect_s)
        return add_errno(out, ETIMEDOUT); // the system's own limit
    http_failure_add_timeout(out, HTTP_CONNECT_TIMEOUT, o->connect_s);
    return HTTP_CONNECT_TIMEOUT;
}

static enum http_failure add_bad_response(struct buf *out, const struct curl_outcome *o)
{
    if (has(o, "HTTP/0.9"))
        return add_text(out, HTTP_BAD_RESPONSE, "BadStatusLine",
                        "the answer does not begin with HTTP/");
    // What libcurl says of a status that is no number.
    if (strcmp(o->text, "Unsupported HTTP version in response") == 0)
        return add_text(out, HTTP_BAD_RESPONSE, "BadStatusLine",
                        "Unsupported response code in HTTP response");
    if (has(o, "ersion") || has(o, "esponse code") || *o->text == '\0')
        return add_text(out, HTTP_BAD_RESPONSE, "BadStatusLine",
                        *o->text != '\0' ? o->text : curl_easy_strerror(o->code));
    return add_text(out, HTTP_BAD_RESPONSE, "InvalidHeader", o->text);
}

static enum http_failure add_other(struct buf *out, const struct curl_outcome *o)
{
    struct buf text = BUF_INIT;
    buf_addf(&text, "%s (%d)", *o->text != '\0' ? o->text : curl_easy_strerror(o->code), o->code);
    http_failure_add_named(out, "RequestError", buf_slice(&text));
    buf_release(&text);
    return HTTP_OTHER;
}

enum http_failure curl_failure_add(struct buf *out, const struct curl_outcome *o)
{
    switch ((int)o->code) {
    case CURLE_OK:
        return HTTP_OK;
    case CURLE_COULDNT_RESOLVE_HOST:
        http_failure_add_name_unknown(out, -2, "Name or service not known");
        return HTTP_NAME_UNKNOWN;
    case CURLE_COULDNT_CONNECT:
        return add_not_connected(out, o);
    case CURLE_ABORTED_BY_CALLBACK: // by ours, which refuses to send twice
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
        return add_broken_connection(out, o);
    case CURLE_RECV_ERROR:
        return add_receive_error(out, o);
    case CURLE_PARTIAL_FILE:
        return add_incomplete(out, o);
    case CURLE_OPERATION_TIMEDOUT:
        return add_timed_out(out, o);
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        return add_http2(out, o);
    case CURLE_BAD_CONTENT_ENCODING: // libcurl is asked for Transfer-Encoding alone
        return add_text(out, HTTP_BAD_RESPONSE, "InvalidHeader",
                        "Transfer-Encoding is not chunked, once and alone");
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return add_bad_response(out, o);
    case CURLE_OUT_OF_MEMORY: // of its limit for a line; of real memory there is none to say so
    case CODE_TOO_LARGE:
        return add_text(out, HTTP_TOO_LARGE, "ResponseTooLarge", "a header is too long");
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
        return add_text(out, HTTP_PROXY, "ProxyError",
                        *o->text != '\0' ? o->text : curl_easy_strerror(o->code));
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
        return add_tls_file(out, o);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_CLIENTCERT:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return add_tls(out, o);
    default:
        return add_other(out, o);
    }
}
