/* curl_head -- the head of an answer, made of the lines that libcurl hands on. */
// SPDX-License-Identifier: MIT
#include "http/curl_head.h"

#include "http/transport.h"

#include <string.h>

#define LENGTH_DIGITS_MAX 18

void curl_head_begin(struct curl_head *h, bool may_be_http2)
{
    h->status = 0;
    h->bytes = 0;
    h->is_inside = h->is_whole = false;
    h->may_be_http2 = may_be_http2;
    h->failure = HTTP_OK;
    http_headers_clear(&h->headers);
    buf_clear(&h->text);
}

void curl_head_release(struct curl_head *h)
{
    http_headers_release(&h->headers);
    buf_release(&h->reason);
    buf_release(&h->text);
}

static bool refuse(struct curl_head *h, enum http_failure failure, const char *name,
                   const char *text)
{
    h->failure = failure;
    http_failure_add_named(&h->text, name, str_of(text));
    return false;
}

static bool too_large(struct curl_head *h, const char *text)
{
    return refuse(h, HTTP_TOO_LARGE, "ResponseTooLarge", text);
}

static bool bad_header(struct curl_head *h, const char *text)
{
    return refuse(h, HTTP_BAD_RESPONSE, "InvalidHeader", text);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "1.1", "2": libcurl takes every version that it knows from everybody. */
static bool check_version(struct curl_head *h, struct str version)
{
    if (h->may_be_http2 || str_equal(version, STR("1.1")) || str_equal(version, STR("1.0")))
        return true;
    struct buf text = BUF_INIT;
    buf_addf(&text, "Unsupported HTTP version (%.*s%s) in response", STR_ARG(version),
             version.n == 1 ? ".0" : "");
    refuse(h, HTTP_BAD_RESPONSE, "BadStatusLine", buf_cstr(&text));
    buf_release(&text);
    return false;
}

/* "HTTP/1.1 200 OK"; libcurl has looked at it already. */
static bool read_status(struct curl_head *h, struct str line)
{
    h->is_inside = true;
    http_headers_clear(&h->headers);
    http_headers_reserve(&h->headers, 8, 256);
    struct str version = str_cut(&line, ' ');
    struct str code = str_cut(&line, ' ');
    h->status = 0;
    for (size_t i = 0; i < code.n && i < 3 && is_digit(code.p[i]); i++)
        h->status = h->status * 10 + (code.p[i] - '0');
    buf_clear(&h->reason);
    buf_add_str(&h->reason, str_trim(line));
    return check_version(h, str_slice(version, strlen("HTTP/"), version.n));
}

/* libcurl takes the last of several lengths, and none where a number is too large: then the body's
 * end is a guess (RFC 9112 6.3). */
static bool check_length(struct curl_head *h, struct str value)
{
    struct str before;
    size_t digits = 0;
    while (digits < value.n && is_digit(value.p[digits]))
        digits++;
    if (digits == 0 || digits < value.n || digits > LENGTH_DIGITS_MAX)
        return bad_header(h, "Content-Length is no length");
    if (http_headers_get(&h->headers, STR("Content-Length"), &before) && !str_equal(before, value))
        return bad_header(h, "Content-Length comes twice, and differs");
    return true;
}

static bool check_coding(struct curl_head *h, struct str value)
{
    if (!str_equal_nocase(value, STR("chunked")) ||
        http_headers_has(&h->headers, STR("Transfer-Encoding")))
        return bad_header(h, "Transfer-Encoding is not chunked, once and alone");
    return true;
}

static bool check_name(struct curl_head *h, struct str name)
{
    bool is_bad = name.n == 0;
    for (size_t i = 0; i < name.n; i++)
        is_bad |= (unsigned char)name.p[i] <= ' ' || name.p[i] == '\x7f';
    return !is_bad || bad_header(h, "a header's name is empty, or holds a blank");
}

/* A header, or a trailer, which is checked likewise and then left out. */
static bool read_header(struct curl_head *h, struct str line)
{
    if (line.p[0] == ' ' || line.p[0] == '\t')
        return bad_header(h, "a header goes on in the next line");
    if (str_index(line, ':') == line.n)
        return bad_header(h, "Header without colon");
    struct str value = line;
    struct str name = str_cut(&value, ':');
    value = str_trim(value);
    if (!check_name(h, name))
        return false;
    if (h->is_whole)
        return true;
    if (str_equal_nocase(name, STR("Content-Length")) && !check_length(h, value))
        return false;
    if (str_equal_nocase(name, STR("Transfer-Encoding")) && !check_coding(h, value))
        return false;
    http_headers_add(&h->headers, name, value);
    return true;
}

static bool end_head(struct curl_head *h)
{
    h->is_inside = false;
    if (h->status >= 100 && h->status < 200 && h->status != 101)
        return true;
    if (http_headers_has(&h->headers, STR("Content-Length")) &&
        http_headers_has(&h->headers, STR("Transfer-Encoding")))
        return bad_header(h, "Content-Length and Transfer-Encoding come together");
    h->is_whole = true;
    return true;
}

static bool check_limits(struct curl_head *h, size_t line_bytes)
{
    h->bytes += line_bytes;
    if (h->bytes > HTTP_HEAD_LIMIT)
        return too_large(h, "the headers are longer than 256 KB");
    if (h->headers.n >= HTTP_HEADERS_LIMIT)
        return too_large(h, "there are more than 1000 headers");
    return true;
}

/* Takes its end off. */
static bool check_line(struct curl_head *h, struct str *line)
{
    bool is_status = !h->is_inside && !h->is_whole;
    const char *why = NULL;
    if (line->n > 0 && line->p[line->n - 1] == '\n')
        line->n--;
    if (line->n == 0 || line->p[line->n - 1] != '\r')
        why = "a line ends without a carriage return";
    else if (memchr(line->p, '\r', line->n - 1) != NULL)
        why = "a carriage return in the middle of a line";
    if (why != NULL)
        return is_status ? refuse(h, HTTP_BAD_RESPONSE, "BadStatusLine", why) : bad_header(h, why);
    line->n--;
    return true;
}

bool curl_head_add(struct curl_head *h, struct str line)
{
    if (!check_limits(h, line.n) || !check_line(h, &line))
        return false;
    if (h->is_whole)
        return line.n == 0 || read_header(h, line);
    if (!h->is_inside)
        return read_status(h, line);
    return line.n == 0 ? end_head(h) : read_header(h, line);
}
