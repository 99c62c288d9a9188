/* test_failure -- failures in the words of Locust's reports. */
// SPDX-License-Identifier: MIT
#include "http/failure.h"

#include "../check.h"

#include <errno.h>

TEST(errnos_as_python_shows_them)
{
    static const struct {
        int number;
        enum http_failure failure;
        const char *text;
    } cases[] = {
        {ECONNREFUSED, HTTP_REFUSED, "ConnectionRefusedError(111, 'Connection refused')"},
        {ECONNRESET, HTTP_RESET, "ConnectionResetError(104, 'Connection reset by peer')"},
        {EPIPE, HTTP_BROKEN_PIPE, "BrokenPipeError(32, 'Broken pipe')"},
        {EHOSTUNREACH, HTTP_UNREACHABLE, "OSError(113, 'No route to host')"},
        {ENETUNREACH, HTTP_UNREACHABLE, "OSError(101, 'Network is unreachable')"},
        {ETIMEDOUT, HTTP_UNREACHABLE, "TimeoutError(110, 'Connection timed out')"},
        {EMFILE, HTTP_NO_DESCRIPTORS, "OSError(24, 'Too many open files')"},
        {EADDRNOTAVAIL, HTTP_NO_PORTS, "OSError(99, 'Cannot assign requested address')"},
        {EACCES, HTTP_OTHER, "PermissionError(13, 'Permission denied')"},
        {99999, HTTP_OTHER, "OSError(99999, 'Unknown error')"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf out = BUF_INIT;
        http_failure_add_errno(&out, cases[i].number);
        CHECK_TEXT(buf_cstr(&out), cases[i].text);
        CHECK_INT(http_failure_of_errno(cases[i].number), cases[i].failure);
        buf_release(&out);
    }
}

TEST(timeouts_show_their_limit)
{
    struct buf out = BUF_INIT;
    http_failure_add_timeout(&out, HTTP_CONNECT_TIMEOUT, 60);
    buf_add_char(&out, '\n');
    http_failure_add_timeout(&out, HTTP_READ_TIMEOUT, 0.25);
    buf_add_char(&out, '\n');
    http_failure_add_timeout(&out, HTTP_TOTAL_TIMEOUT, 1.5);
    CHECK_TEXT(buf_cstr(&out), "ConnectTimeout('Connection timed out. (connect timeout=60)')\n"
                               "ReadTimeout('Read timed out. (read timeout=0.25)')\n"
                               "Timeout('Request timed out. (timeout=1.5)')");
    buf_release(&out);
}

TEST(statuses)
{
    struct buf out = BUF_INIT;
    http_failure_add_status(&out, 404, STR("Not Found"), STR("/path"));
    CHECK_TEXT(buf_cstr(&out), "HTTPError('404 Client Error: Not Found for url: /path')");
    buf_clear(&out);
    http_failure_add_status(&out, 503, STR(""), STR("it's"));
    CHECK_TEXT(buf_cstr(&out), "HTTPError(\"503 Server Error:  for url: it's\")");
    buf_release(&out);
}

TEST(named_ones)
{
    struct buf out = BUF_INIT;
    http_failure_add_named(&out, "SSLError", STR("certificate\nhas expired"));
    CHECK_TEXT(buf_cstr(&out), "SSLError('certificate\\nhas expired')");
    buf_clear(&out);
    http_failure_add_name_unknown(&out, -2, "Name or service not known");
    CHECK_TEXT(buf_cstr(&out), "gaierror(-2, 'Name or service not known')");
    buf_clear(&out);
    http_failure_add_closed(&out);
    CHECK_TEXT(buf_cstr(&out),
               "RemoteDisconnected('Remote end closed connection without response')");
    buf_release(&out);
}

TEST_MAIN(RUN(errnos_as_python_shows_them); RUN(timeouts_show_their_limit); RUN(statuses);
          RUN(named_ones);)
