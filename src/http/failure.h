/*
 * failure -- what went wrong with a request, in the words that Locust's reports use, whichever
 * transport met it; without host, port or address, so that they group.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_FAILURE_H
#define HTTP_FAILURE_H

#include "base/buf.h"
#include "base/str.h"

enum http_failure {
    HTTP_OK,              /* an answer came, whatever its status */
    HTTP_NAME_UNKNOWN,    /* gaierror(-2, 'Name or service not known') */
    HTTP_REFUSED,         /* ConnectionRefusedError(111, 'Connection refused') */
    HTTP_RESET,           /* ConnectionResetError(104, 'Connection reset by peer') */
    HTTP_BROKEN_PIPE,     /* BrokenPipeError(32, 'Broken pipe') */
    HTTP_UNREACHABLE,     /* OSError(113, 'No route to host') and the like */
    HTTP_CLOSED,          /* RemoteDisconnected('Remote end closed connection without response') */
    HTTP_CONNECT_TIMEOUT, /* ConnectTimeout('Connection timed out. (connect timeout=N)') */
    HTTP_READ_TIMEOUT,    /* ReadTimeout('Read timed out. (read timeout=N)') */
    HTTP_TOTAL_TIMEOUT,   /* Timeout('Request timed out. (timeout=N)') */
    HTTP_TLS,             /* SSLError('...') */
    HTTP_PROXY,           /* ProxyError('...') */
    HTTP_INCOMPLETE,      /* IncompleteRead(N bytes read, M more expected) */
    HTTP_BAD_RESPONSE, /* BadStatusLine('...'), InvalidHeader('...'), InvalidChunkLength('...') */
    HTTP_TOO_LARGE,    /* ResponseTooLarge('...'): headers or body over our limits */
    HTTP_DECODE,       /* ContentDecodingError('...') */
    HTTP_TOO_MANY_REDIRECTS, /* TooManyRedirects('Exceeded N redirects.') */
    HTTP_BAD_REDIRECT,       /* InvalidURL('...') in a Location */
    HTTP_NO_DESCRIPTORS,     /* OSError(24, 'Too many open files'): ours, not the server's */
    HTTP_NO_PORTS,           /* OSError(99, 'Cannot assign requested address'): ours */
    HTTP_NO_SOURCE,          /* SourceAddressError('...'): --bind has no address of that family */
    HTTP_SEND,               /* the request could not be sent */
    HTTP_OTHER
};

/* The text of an errno as Python shows it: "ConnectionRefusedError(111, 'Connection refused')". */
void http_failure_add_errno(struct buf *out, int number);
enum http_failure http_failure_of_errno(int number);

/* "NAME('text')", the text as Python's repr() shows it: SSLError('certificate verify failed'). */
void http_failure_add_named(struct buf *out, const char *name, struct str text);
/* "gaierror(-2, 'Name or service not known')". */
void http_failure_add_name_unknown(struct buf *out, int code, const char *text);
/* Of HTTP_CONNECT_TIMEOUT, HTTP_READ_TIMEOUT, HTTP_TOTAL_TIMEOUT, with the limit that was passed. */
void http_failure_add_timeout(struct buf *out, enum http_failure which, double limit_s);
/* The server closed without a byte of an answer. */
void http_failure_add_closed(struct buf *out);

/* "HTTPError('404 Client Error: Not Found for url: NAME')": the verdict on a status >= 400. */
void http_failure_add_status(struct buf *out, int status, struct str reason, struct str name);

#endif
