/* test_curl_head -- heads that are taken, and those that could be read in two ways. */
// SPDX-License-Identifier: MIT
#include "http/curl_head.h"

#include "http/transport.h"

#include "../check.h"

#include <string.h>

/* All lines of a text, each with its end. False: one was refused. */
static bool add_all(struct curl_head *h, const char *text)
{
    while (*text != '\0') {
        const char *end = strchr(text, '\n');
        size_t n = end != NULL ? (size_t)(end + 1 - text) : strlen(text);
        if (!curl_head_add(h, str_make(text, n)))
            return false;
        text += n;
    }
    return true;
}

TEST(a_head)
{
    struct curl_head h = {.status = 0};
    struct str value;
    for (int again = 0; again < 2; again++) {
        curl_head_begin(&h, false);
        CHECK(add_all(&h, "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"));
        CHECK(!h.is_whole);
        CHECK(add_all(&h, "HTTP/1.1 201 Made Here\r\nA:  1\t\r\nb:\r\nContent-Length: 2\r\n"));
        CHECK(!h.is_whole);
        CHECK(add_all(&h, "\r\n"));
        CHECK(h.is_whole);
        CHECK_INT(h.status, 201);
        CHECK_STR(buf_slice(&h.reason), "Made Here");
        CHECK_INT(h.headers.n, 3);
        CHECK(http_headers_get(&h.headers, STR("A"), &value));
        CHECK_STR(value, "1");
        // trailers are left out
        CHECK(add_all(&h, "X-Sum: 3\r\n"));
        CHECK_INT(h.headers.n, 3);
        CHECK_INT(h.failure, HTTP_OK);
    }
    curl_head_begin(&h, true);
    CHECK(add_all(&h, "HTTP/2 200 \r\nA: 1\r\n\r\n"));
    CHECK(h.is_whole);
    curl_head_begin(&h, false);
    CHECK(add_all(&h, "HTTP/1.1 101\r\n\r\n"));
    CHECK(h.is_whole);
    curl_head_release(&h);
}

#define OK "HTTP/1.1 200 OK\r\n"

TEST(what_is_refused)
{
    static const struct {
        const char *head;
        enum http_failure failure;
        const char *text;
    } cases[] = {
        {"HTTP/2 200\r\n", HTTP_BAD_RESPONSE,
         "BadStatusLine('Unsupported HTTP version (2.0) in response')"},
        {"HTTP/2.0 200 OK\r\n", HTTP_BAD_RESPONSE,
         "BadStatusLine('Unsupported HTTP version (2.0) in response')"},
        {"HTTP/1.1 200 OK\n", HTTP_BAD_RESPONSE,
         "BadStatusLine('a line ends without a carriage return')"},
        {OK "A: b\n", HTTP_BAD_RESPONSE, "InvalidHeader('a line ends without a carriage return')"},
        {OK "A: b\rC: d\r\n", HTTP_BAD_RESPONSE,
         "InvalidHeader('a carriage return in the middle of a line')"},
        {OK "A: b\r\n c\r\n", HTTP_BAD_RESPONSE,
         "InvalidHeader('a header goes on in the next line')"},
        {OK "A : b\r\n", HTTP_BAD_RESPONSE,
         "InvalidHeader(\"a header's name is empty, or holds a blank\")"},
        {OK ": b\r\n", HTTP_BAD_RESPONSE,
         "InvalidHeader(\"a header's name is empty, or holds a blank\")"},
        {OK "A\r\n", HTTP_BAD_RESPONSE, "InvalidHeader('Header without colon')"},
        {OK "Content-Length: 2, 2\r\n", HTTP_BAD_RESPONSE,
         "InvalidHeader('Content-Length is no length')"},
        {OK "Content-Length: 1234567890123456789\r\n", HTTP_BAD_RESPONSE,
         "InvalidHeader('Content-Length is no length')"},
        {OK "Content-Length: 2\r\ncontent-length: 3\r\n", HTTP_BAD_RESPONSE,
         "InvalidHeader('Content-Length comes twice, and differs')"},
        {OK "Transfer-Encoding: gzip, chunked\r\n", HTTP_BAD_RESPONSE,
         "InvalidHeader('Transfer-Encoding is not chunked, once and alone')"},
        {OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", HTTP_BAD_RESPONSE,
         "InvalidHeader('Transfer-Encoding is not chunked, once and alone')"},
        {OK "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n", HTTP_BAD_RESPONSE,
         "InvalidHeader('Content-Length and Transfer-Encoding come together')"},
        {OK "\r\nA : trailer\r\n", HTTP_BAD_RESPONSE,
         "InvalidHeader(\"a header's name is empty, or holds a blank\")"},
    };
    struct curl_head h = {.status = 0};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        curl_head_begin(&h, false);
        CHECK(!add_all(&h, cases[i].head));
        CHECK_INT(h.failure, cases[i].failure);
        CHECK_STR(buf_slice(&h.text), cases[i].text);
    }
    // the next one is another
    curl_head_begin(&h, false);
    CHECK(add_all(&h, OK "Content-Length: 2\r\nContent-Length: 2\r\n\r\n"));
    CHECK_INT(h.failure, HTTP_OK);
    curl_head_release(&h);
}

TEST(what_is_too_much)
{
    struct curl_head h = {.status = 0};
    curl_head_begin(&h, false);
    CHECK(add_all(&h, OK));
    size_t n = 0;
    while (n <= HTTP_HEADERS_LIMIT && add_all(&h, "A: b\r\n"))
        n++;
    CHECK_INT(n, HTTP_HEADERS_LIMIT);
    CHECK_INT(h.failure, HTTP_TOO_LARGE);
    CHECK_STR(buf_slice(&h.text), "ResponseTooLarge('there are more than 1000 headers')");

    struct buf line = BUF_INIT;
    buf_add_cstr(&line, "A: ");
    buf_add_many(&line, 'x', 60000);
    buf_add_cstr(&line, "\r\n");
    curl_head_begin(&h, false);
    CHECK(add_all(&h, OK));
    for (n = 0; n < 10 && curl_head_add(&h, buf_slice(&line)); n++)
        continue;
    CHECK_INT(n, 4);
    CHECK_STR(buf_slice(&h.text), "ResponseTooLarge('the headers are longer than 256 KB')");
    buf_release(&line);
    curl_head_release(&h);
}

TEST_MAIN(RUN(a_head); RUN(what_is_refused); RUN(what_is_too_much);)
