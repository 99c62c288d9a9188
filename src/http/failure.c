/*
 * failure -- what went wrong with a request, in the words that Locust's reports use.
 *
 * Locust shows the repr() of the innermost Python exception; its class and its text are what a user
 * who comes from there knows, and what his dashboards group by.
 */
// SPDX-License-Identifier: MIT
#include "http/failure.h"

#include "base/err.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

/* Python makes classes of some errnos (PEP 3151). */
static const char *class_of(int number)
{
    switch (number) {
    case ECONNREFUSED:
        return "ConnectionRefusedError";
    case ECONNRESET:
        return "ConnectionResetError";
    case ECONNABORTED:
        return "ConnectionAbortedError";
    case EPIPE:
    case ESHUTDOWN:
        return "BrokenPipeError";
    case ETIMEDOUT:
        return "TimeoutError";
    case ENOENT:
        return "FileNotFoundError";
    case EACCES:
    case EPERM:
        return "PermissionError";
    default:
        return "OSError";
    }
}

void http_failure_add_errno(struct buf *out, int number)
{
    const char *text = strerrordesc_np(number);
    buf_addf(out, "%s(%d, ", class_of(number), number);
    text_add_python_repr(out, str_of(text != NULL ? text : "Unknown error"));
    buf_add_char(out, ')');
}

enum http_failure http_failure_of_errno(int number)
{
    switch (number) {
    case ECONNREFUSED:
        return HTTP_REFUSED;
    case ECONNRESET:
    case ECONNABORTED:
        return HTTP_RESET;
    case EPIPE:
        return HTTP_BROKEN_PIPE;
    case EMFILE:
    case ENFILE:
        return HTTP_NO_DESCRIPTORS;
    case EADDRNOTAVAIL:
        return HTTP_NO_PORTS;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EHOSTDOWN:
    case ENETDOWN:
    case ETIMEDOUT:
        return HTTP_UNREACHABLE;
    default:
        return HTTP_OTHER;
    }
}

void http_failure_add_named(struct buf *out, const char *name, struct str text)
{
    buf_addf(out, "%s(", name);
    text_add_python_repr(out, text);
    buf_add_char(out, ')');
}

void http_failure_add_name_unknown(struct buf *out, int code, const char *text)
{
    buf_addf(out, "gaierror(%d, ", code);
    text_add_python_repr(out, str_of(text));
    buf_add_char(out, ')');
}

void http_failure_add_timeout(struct buf *out, enum http_failure which, double limit_s)
{
    switch (which) {
    case HTTP_CONNECT_TIMEOUT:
        buf_addf(out, "ConnectTimeout('Connection timed out. (connect timeout=%.10g)')", limit_s);
        return;
    case HTTP_READ_TIMEOUT:
        buf_addf(out, "ReadTimeout('Read timed out. (read timeout=%.10g)')", limit_s);
        return;
    case HTTP_TOTAL_TIMEOUT:
        buf_addf(out, "Timeout('Request timed out. (timeout=%.10g)')", limit_s);
        return;
    default:
        BUG("not a timeout");
    }
}

void http_failure_add_closed(struct buf *out)
{
    buf_add_cstr(out, "RemoteDisconnected('Remote end closed connection without response')");
}

void http_failure_add_status(struct buf *out, int status, struct str reason, struct str name)
{
    struct buf text = BUF_INIT;
    buf_addf(&text, "%d %s Error: ", status, status < 500 ? "Client" : "Server");
    buf_add_str(&text, reason);
    buf_add_cstr(&text, " for url: ");
    buf_add_str(&text, name);
    http_failure_add_named(out, "HTTPError", buf_slice(&text));
    buf_release(&text);
}
