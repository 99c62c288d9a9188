/* test_h1_parser -- answers, right and wrong, in whatever pieces they come. */
// SPDX-License-Identifier: MIT
#include "http/h1_parser.h"

#include "http/transport.h"

#include "../check.h"

#define OK "HTTP/1.1 200 OK\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

/* What came of an answer, as a text: "200 OK; Name=value; body 'x'; end keeps", or how it failed. */
struct heard {
    struct buf text, body;
    size_t rest; /* what was left behind its end */
};

static void hear_head(struct heard *h, struct h1_parser *p)
{
    buf_addf(&h->text, "%d %.*s;", p->status, STR_ARG(p->reason));
    for (size_t i = 0; i < p->headers.n; i++) {
        struct str name = http_headers_name(&p->headers, i);
        struct str value = http_headers_value(&p->headers, i);
        buf_addf(&h->text, " %.*s=%.*s;", STR_ARG(name), STR_ARG(value));
    }
}

static void hear_end(struct heard *h, struct h1_parser *p, enum h1_event event)
{
    if (h->body.n > 0)
        buf_addf(&h->text, " '%s';", buf_cstr(&h->body));
    if (event == H1_END)
        buf_add_cstr(&h->text, p->keeps_connection ? " keep" : " close");
    else
        h1_parser_add_failure(p, &h->text);
}

/* Feeds what is there; H1_MORE, H1_END or H1_FAILED. */
static enum h1_event feed(struct heard *h, struct h1_parser *p, struct str *in)
{
    struct str piece;
    for (;;) {
        enum h1_event event = h1_parser_next(p, in, &piece);
        if (event == H1_HEAD)
            hear_head(h, p);
        else if (event == H1_PIECE)
            buf_add_str(&h->body, piece);
        else
            return event;
    }
}

/* Parses `answer` as it would come in pieces of `step` bytes, each read into other memory, and then
 * the close of the connection. */
static void parse(struct heard *h, struct h1_parser *p, struct str answer, bool is_head,
                  size_t step)
{
    enum h1_event event = H1_MORE;
    size_t from = 0, to = 0;
    h1_parser_begin(p, is_head);
    while (event == H1_MORE && to < answer.n) {
        to = step < answer.n - to ? to + step : answer.n;
        char *memory = malloc(to - from + 1); // so that reading beyond it is found
        memcpy(memory, answer.p + from, to - from);
        struct str in = str_make(memory, to - from);
        event = feed(h, p, &in);
        from += (size_t)(in.p - memory);
        free(memory);
    }
    if (event == H1_MORE)
        event = h1_parser_close(p);
    hear_end(h, p, event);
    h->rest = answer.n - from;
}

static void heard_release(struct heard *h)
{
    buf_release(&h->text);
    buf_release(&h->body);
}

static struct h1_heads known;

/* NULL, or what is wrong: it must be the same in whole, again where its head is known by then, and in
 * pieces of each size. */
static const char *differs(struct str answer, bool is_head, const char *expected)
{
    static char why[4096];
    static const size_t steps[] = {SIZE_MAX, SIZE_MAX, 1, 2, 3, 7};
    struct h1_parser parser = {.heads = &known};
    const char *result = NULL;
    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps) && result == NULL; i++) {
        struct heard h = {.text = BUF_INIT, .body = BUF_INIT};
        parse(&h, &parser, answer, is_head, steps[i]);
        if (strcmp(buf_cstr(&h.text), expected) != 0) {
            snprintf(why, sizeof(why), "in steps of %zu:\n  %s, expected\n  %s", steps[i],
                     buf_cstr(&h.text), expected);
            result = why;
        }
        heard_release(&h);
    }
    h1_parser_release(&parser);
    return result;
}

struct example {
    const char *answer, *expected;
};

#define CHECK_EXAMPLES(examples, is_head)                                                         \
    do {                                                                                          \
        for (size_t i = 0; i < sizeof(examples) / sizeof(*examples); i++) {                       \
            const char *why = differs(str_of(examples[i].answer), is_head, examples[i].expected); \
            if (why != NULL)                                                                      \
                CHECK_FAIL("%s\n  in answer %zu: %s", why, i, examples[i].answer);                \
        }                                                                                         \
    } while (0)

TEST(answers)
{
    static const struct example examples[] = {
        {OK "Content-Length: 5\r\n\r\nhello", "200 OK; Content-Length=5; 'hello'; keep"},
        {OK "Content-Length: 0\r\n\r\n", "200 OK; Content-Length=0; keep"},
        {"HTTP/1.1 404 Not Found\r\nContent-Length:0\r\n\r\n",
         "404 Not Found; Content-Length=0; keep"},
        {"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "200 ; Content-Length=0; keep"},
        {"HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", "200 ; Content-Length=0; keep"},
        {"HTTP/1.1 999 Odd\r\nA:\r\nB: \t x y \t\r\nContent-Length: 0\r\n\r\n",
         "999 Odd; A=; B=x y; Content-Length=0; keep"},
        {OK "content-length: 2\r\nCONTENT-LENGTH: 2\r\n\r\nok",
         "200 OK; content-length=2; CONTENT-LENGTH=2; 'ok'; keep"},
        // what comes behind it isn't its
        {OK "Content-Length: 2\r\n\r\nok" OK "Content-Length: 4\r\n\r\nevil",
         "200 OK; Content-Length=2; 'ok'; keep"},
        // other bytes are a value's own matter
        {OK "A: \x1b[2J\x80\xff\r\nContent-Length: 0\r\n\r\n",
         "200 OK; A=\x1b[2J\x80\xff; Content-Length=0; keep"},
    };
    CHECK_EXAMPLES(examples, false);
}

TEST(what_becomes_of_the_connection)
{
    static const struct example examples[] = {
        {OK "Connection: close\r\nContent-Length: 2\r\n\r\nok",
         "200 OK; Connection=close; Content-Length=2; 'ok'; close"},
        {OK "Connection: x, CLOSE\r\nContent-Length: 0\r\n\r\n",
         "200 OK; Connection=x, CLOSE; Content-Length=0; close"},
        {OK "Connection: keep-alive\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
         "200 OK; Connection=keep-alive; Connection=close; Content-Length=0; close"},
        {OK "Connection: closed\r\nContent-Length: 0\r\n\r\n",
         "200 OK; Connection=closed; Content-Length=0; keep"},
        {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "200 OK; Content-Length=0; close"},
        {"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n",
         "200 OK; Connection=Keep-Alive; Content-Length=0; keep"},
        {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         "200 OK; Connection=keep-alive; Transfer-Encoding=chunked; close"},
        // bodies that end with it
        {"HTTP/1.0 200 OK\r\n\r\nall", "200 OK; 'all'; close"},
        {OK "Connection: keep-alive\r\n\r\nall", "200 OK; Connection=keep-alive; 'all'; close"},
        {OK "\r\n", "200 OK; close"},
    };
    CHECK_EXAMPLES(examples, false);
}

TEST(answers_without_a_body)
{
    static const struct example any[] = {
        {"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
         "204 No Content; Content-Length=5; keep"},
        {"HTTP/1.1 204 No Content\r\n\r\n", "204 No Content; keep"},
        {"HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
         "304 Not Modified; Transfer-Encoding=chunked; keep"},
        {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nbytes",
         "101 Switching Protocols; Upgrade=x; close"},
    };
    static const struct example head[] = {
        {OK "Content-Length: 1000\r\n\r\n", "200 OK; Content-Length=1000; keep"},
        {CHUNKED, "200 OK; Transfer-Encoding=chunked; keep"},
        {OK "\r\n", "200 OK; keep"},
    };
    CHECK_EXAMPLES(any, false);
    CHECK_EXAMPLES(any, true);
    CHECK_EXAMPLES(head, true);
}

TEST(interim_answers_are_left_out)
{
    static const struct example examples[] = {
        {"HTTP/1.1 100 Continue\r\n\r\n" OK "Content-Length: 0\r\n\r\n",
         "200 OK; Content-Length=0; keep"},
        {"HTTP/1.1 100 Continue\r\nConnection: close\r\nContent-Length: 7\r\n\r\n"
         "HTTP/1.1 103 Early Hints\r\nX: no\r\nTransfer-Encoding: chunked\r\n\r\n"
         "HTTP/1.1 201 Made Here\r\nContent-Length: 2\r\n\r\nok",
         "201 Made Here; Content-Length=2; 'ok'; keep"},
        {"HTTP/1.1 100 Continue\r\n\r\nevil",
         "BadStatusLine('the answer does not begin with HTTP/')"},
        {"HTTP/1.1 100 Continue\r\n\r\n", "IncompleteRead(0 bytes read)"},
    };
    CHECK_EXAMPLES(examples, false);
}

TEST(chunks)
{
    static const struct example examples[] = {
        {CHUNKED "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
         "200 OK; Transfer-Encoding=chunked; 'hello world'; keep"},
        {CHUNKED "0\r\n\r\n", "200 OK; Transfer-Encoding=chunked; keep"},
        {OK "transfer-encoding: Chunked\r\n\r\n00a\r\n0123456789\r\n000\r\n\r\n",
         "200 OK; transfer-encoding=Chunked; '0123456789'; keep"},
        {CHUNKED "A \r\n0123456789\r\n0;x=\"y\"\r\n\r\n",
         "200 OK; Transfer-Encoding=chunked; '0123456789'; keep"},
        // trailers are read and left out
        {CHUNKED "2;a\r\nok\r\n0\r\nTrailer: x\r\nContent-Length: 7\r\n\r\n",
         "200 OK; Transfer-Encoding=chunked; 'ok'; keep"},
        {CHUNKED "0\r\nTrailer: x\n\r\n", "200 OK; Transfer-Encoding=chunked;"
                                          "InvalidHeader('a line ends without a carriage return')"},
        {CHUNKED "0\r\nTrailer\r\n\r\n",
         "200 OK; Transfer-Encoding=chunked;InvalidHeader('Header without colon')"},
        {CHUNKED "5\r\nhel",
         "200 OK; Transfer-Encoding=chunked; 'hel';IncompleteRead(3 bytes read)"},
        {CHUNKED "2\r\nok\r\n",
         "200 OK; Transfer-Encoding=chunked; 'ok';IncompleteRead(2 bytes read)"},
        {CHUNKED "2\r\nok\r\n0\r\n",
         "200 OK; Transfer-Encoding=chunked; 'ok';IncompleteRead(2 bytes read)"},
    };
    CHECK_EXAMPLES(examples, false);
}

#define NOT_HEX "Illegal or missing hexadecimal sequence in chunked-encoding"
#define TOO_LONG "Too long hexadecimal number in chunked-encoding"
#define MALFORMED "Malformed encoding found in chunked-encoding"
#define BAD_CHUNK(text) "200 OK; Transfer-Encoding=chunked;InvalidChunkLength('" text "')"

TEST(chunks_that_are_none)
{
    static const struct example examples[] = {
        {CHUNKED "zz\r\n", BAD_CHUNK(NOT_HEX)},
        {CHUNKED "-5\r\n", BAD_CHUNK(NOT_HEX)},
        {CHUNKED "0x5\r\n", BAD_CHUNK(NOT_HEX)},
        {CHUNKED " 5\r\n", BAD_CHUNK(NOT_HEX)},
        {CHUNKED "\r\n", BAD_CHUNK(NOT_HEX)},
        {CHUNKED ";x\r\n", BAD_CHUNK(NOT_HEX)},
        {CHUNKED "5 5\r\n", BAD_CHUNK(NOT_HEX)},
        {CHUNKED "fffffffffffffffff\r\n", BAD_CHUNK(TOO_LONG)},
        {CHUNKED "00000000000000005\r\n", BAD_CHUNK(TOO_LONG)},
        {CHUNKED "8000000000000000\r\n", BAD_CHUNK(TOO_LONG)},
        {CHUNKED "5\n", BAD_CHUNK("a line ends without a carriage return")},
        {CHUNKED "5;\rx\r\n", BAD_CHUNK("a carriage return in the middle of a line")},
        {CHUNKED "0\n\n", BAD_CHUNK("a line ends without a carriage return")},
        {CHUNKED "2\r\nokay\r\n",
         "200 OK; Transfer-Encoding=chunked; 'ok';InvalidChunkLength('" MALFORMED "')"},
        {CHUNKED "2\r\nok\n0\r\n\r\n",
         "200 OK; Transfer-Encoding=chunked; 'ok';InvalidChunkLength('" MALFORMED "')"},
        {CHUNKED "2\r\nok\r0\r\n\r\n",
         "200 OK; Transfer-Encoding=chunked; 'ok';InvalidChunkLength('" MALFORMED "')"},
    };
    CHECK_EXAMPLES(examples, false);
    static const char nul[] = CHUNKED "5;\0\r\n";
    const char *why = differs(str_make(nul, sizeof(nul) - 1), false,
                              "200 OK; Transfer-Encoding=chunked;"
                              "InvalidChunkLength(\"NUL in the line of a chunk's length\")");
    if (why != NULL)
        CHECK_FAIL("%s", why);
}

TEST(status_lines_that_are_none)
{
    static const struct example examples[] = {
        {"garbage garbage\r\n\r\n", "BadStatusLine('the answer does not begin with HTTP/')"},
        {"<html>", "BadStatusLine('the answer does not begin with HTTP/')"},
        {"220 mail", "BadStatusLine('the answer does not begin with HTTP/')"},
        {"\r\n" OK, "BadStatusLine('the answer does not begin with HTTP/')"},
        {"http/1.1 200 OK\r\n", "BadStatusLine('the answer does not begin with HTTP/')"},
        {"HTTP/9.9 200 OK\r\n", "BadStatusLine('Unsupported HTTP version (9.9) in response')"},
        {"HTTP/1.2 200 OK\r\n", "BadStatusLine('Unsupported HTTP version (1.2) in response')"},
        {"HTTP/2 200\r\n", "BadStatusLine('Unsupported HTTP version (2.0) in response')"},
        {"HTTP/x.1 200 OK\r\n", "BadStatusLine('the version of HTTP is none')"},
        {"HTTP/\r\n", "BadStatusLine('the version of HTTP is none')"},
        {"HTTP/1.1\r\n", "BadStatusLine('Unsupported response code in HTTP response')"},
        {"HTTP/1.1  200 OK\r\n", "BadStatusLine('Unsupported response code in HTTP response')"},
        {"HTTP/1.1 20 OK\r\n", "BadStatusLine('Unsupported response code in HTTP response')"},
        {"HTTP/1.1 2000 OK\r\n", "BadStatusLine('Unsupported response code in HTTP response')"},
        {"HTTP/1.1 099 OK\r\n", "BadStatusLine('Unsupported response code in HTTP response')"},
        {"HTTP/1.1 abc OK\r\n", "BadStatusLine('Unsupported response code in HTTP response')"},
        {"HTTP/1.1 200 OK\n\n", "BadStatusLine('a line ends without a carriage return')"},
        {"HTTP/1.1 200 O\rK\r\n", "BadStatusLine('a carriage return in the middle of a line')"},
    };
    CHECK_EXAMPLES(examples, false);
}

TEST(headers_that_are_none)
{
    static const struct example examples[] = {
        {OK "No colon\r\n\r\n", "InvalidHeader('Header without colon')"},
        {OK ": x\r\n\r\n", "InvalidHeader(\"a header's name is empty, or holds a blank\")"},
        {OK "Content-Length : 5\r\n\r\n",
         "InvalidHeader(\"a header's name is empty, or holds a blank\")"},
        {OK "A\x01: 5\r\n\r\n", "InvalidHeader(\"a header's name is empty, or holds a blank\")"},
        {OK " A: 5\r\n\r\n", "InvalidHeader('a header goes on in the next line')"},
        {OK "A: 1\r\n  more\r\n\r\n", "InvalidHeader('a header goes on in the next line')"},
        {OK "A: 1\r\n\tmore\r\n\r\n", "InvalidHeader('a header goes on in the next line')"},
        {OK "A: 1\n\r\n", "InvalidHeader('a line ends without a carriage return')"},
        {OK "\n", "InvalidHeader('a line ends without a carriage return')"},
        {OK "A: 1\rB: 2\r\n\r\n", "InvalidHeader('a carriage return in the middle of a line')"},
    };
    CHECK_EXAMPLES(examples, false);
    static const char nul[] = OK "A: a\0b\r\n\r\n";
    const char *why =
        differs(str_make(nul, sizeof(nul) - 1), false, "InvalidHeader('Nul byte in header')");
    if (why != NULL)
        CHECK_FAIL("%s", why);
}

TEST(lengths_that_are_none)
{
    static const struct example examples[] = {
        {OK "Content-Length: 5\r\nContent-Length: 2\r\n\r\nhello",
         "InvalidHeader('Content-Length comes twice, and differs')"},
        {OK "Content-Length: many\r\n\r\n", "InvalidHeader('Invalid Content-Length: value')"},
        {OK "Content-Length: -2\r\n\r\n", "InvalidHeader('Invalid Content-Length: value')"},
        {OK "Content-Length: +2\r\n\r\n", "InvalidHeader('Invalid Content-Length: value')"},
        {OK "Content-Length:\r\n\r\n", "InvalidHeader('Invalid Content-Length: value')"},
        {OK "Content-Length: 2, 2\r\n\r\n", "InvalidHeader('Content-Length is no length')"},
        {OK "Content-Length: 2x\r\n\r\n", "InvalidHeader('Content-Length is no length')"},
        {OK "Content-Length: 99999999999999999999\r\n\r\n",
         "InvalidHeader('Content-Length is no length')"},
        {OK "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
         "InvalidHeader('Content-Length and Transfer-Encoding come together')"},
        {OK "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n",
         "InvalidHeader('Content-Length and Transfer-Encoding come together')"},
        {OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
         "InvalidHeader('Transfer-Encoding is not chunked, once and alone')"},
        {OK "Transfer-Encoding: gzip, chunked\r\n\r\n",
         "InvalidHeader('Transfer-Encoding is not chunked, once and alone')"},
        {OK "Transfer-Encoding: xchunked\r\n\r\n",
         "InvalidHeader('Transfer-Encoding is not chunked, once and alone')"},
    };
    CHECK_EXAMPLES(examples, false);
}

TEST(answers_that_end_early)
{
    static const struct example examples[] = {
        {"", "RemoteDisconnected('Remote end closed connection without response')"},
        {"HTTP/1.1 2", "RemoteDisconnected('Remote end closed connection without response')"},
        {OK "Content-Le", "IncompleteRead(0 bytes read)"},
        {OK "Content-Length: 20\r\n", "IncompleteRead(0 bytes read)"},
        {OK "Content-Length: 20\r\n\r\n",
         "200 OK; Content-Length=20;IncompleteRead(0 bytes read, 20 more expected)"},
        {OK "Content-Length: 20\r\n\r\nhello",
         "200 OK; Content-Length=20; 'hello';IncompleteRead(5 bytes read, 15 more expected)"},
    };
    CHECK_EXAMPLES(examples, false);
}

/* An answer of a status line and `n` headers of `bytes` each, with its end. */
static struct buf large(size_t n, size_t bytes)
{
    struct buf b = BUF_INIT;
    buf_add_cstr(&b, OK);
    for (size_t i = 0; i < n; i++) {
        buf_add_cstr(&b, "A: ");
        buf_add_many(&b, 'x', bytes - strlen("A: \r\n"));
        buf_add_cstr(&b, "\r\n");
    }
    buf_add_cstr(&b, "\r\n");
    return b;
}

TEST(limits)
{
    static const struct {
        size_t n, bytes;
        const char *expected; /* NULL: none is broken */
    } cases[] = {
        {1, H1_LINE_LIMIT, NULL},
        {1, H1_LINE_LIMIT + 1, "ResponseTooLarge('a header is too long')"},
        {1, 1 << 20, "ResponseTooLarge('a header is too long')"},
        {HTTP_HEADERS_LIMIT, 10, NULL},
        {HTTP_HEADERS_LIMIT + 1, 10, "ResponseTooLarge('there are more than 1000 headers')"},
        {260, 1000, NULL},
        {263, 1000, "ResponseTooLarge('the headers are longer than 256 KB')"},
        // the limit that is met first, byte by byte
        {3, 150 * 1024, "ResponseTooLarge('a header is too long')"},
        {3, 100 * 1024, "ResponseTooLarge('the headers are longer than 256 KB')"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        static const size_t steps[] = {SIZE_MAX, 1000, 16384};
        struct buf answer = large(cases[i].n, cases[i].bytes);
        for (size_t k = 0; k < sizeof(steps) / sizeof(*steps); k++) {
            struct h1_parser p = {.status = 0};
            struct heard h = {.text = BUF_INIT, .body = BUF_INIT};
            parse(&h, &p, buf_slice(&answer), false, steps[k]);
            if (cases[i].expected != NULL)
                CHECK_TEXT(buf_cstr(&h.text), cases[i].expected);
            else
                CHECK_INT(p.failure, HTTP_OK);
            heard_release(&h);
            h1_parser_release(&p);
        }
        buf_release(&answer);
    }
}

/* One interim answer after the other, and chunks of nothing but extensions. */
TEST(limits_of_what_is_left_out)
{
    struct buf interim = BUF_INIT, extension = BUF_INIT, trailers = BUF_INIT;
    for (int i = 0; i < 20000; i++)
        buf_add_cstr(&interim, "HTTP/1.1 100 Continue\r\n\r\n");
    const char *why = differs(buf_slice(&interim), false,
                              "ResponseTooLarge('the headers are longer than 256 KB')");
    if (why != NULL)
        CHECK_FAIL("%s", why);
    buf_add_cstr(&extension, CHUNKED "1;");
    buf_add_many(&extension, 'x', H1_CHUNK_LINE_LIMIT);
    buf_add_cstr(&extension, "\r\n");
    why = differs(buf_slice(&extension), false,
                  BAD_CHUNK("the extensions of a chunk are longer than 4 KB"));
    if (why != NULL)
        CHECK_FAIL("%s", why);
    buf_add_cstr(&trailers, CHUNKED "0\r\n");
    for (int i = 0; i < HTTP_HEADERS_LIMIT; i++)
        buf_add_cstr(&trailers, "A: b\r\n");
    why = differs(buf_slice(&trailers), false,
                  "200 OK; Transfer-Encoding=chunked;"
                  "ResponseTooLarge('there are more than 1000 headers')");
    if (why != NULL)
        CHECK_FAIL("%s", why);
    buf_release(&interim);
    buf_release(&extension);
    buf_release(&trailers);
}

TEST(what_is_left_is_told)
{
    static const char answer[] = OK "Content-Length: 2\r\n\r\nokHTTP/1.1";
    struct h1_parser p = {.status = 0};
    struct heard h = {.text = BUF_INIT, .body = BUF_INIT};
    parse(&h, &p, str_of(answer), false, SIZE_MAX);
    CHECK_INT(h.rest, strlen("HTTP/1.1"));
    CHECK_INT(p.received, 2);
    heard_release(&h);
    h1_parser_release(&p);
}

/* Whoever moves the headers out leaves a parser that goes on. */
TEST(headers_can_be_moved_out)
{
    struct h1_parser p = {.status = 0};
    struct http_headers mine = {.n = 0};
    struct str in = STR(OK "A: b\r\nContent-Length: 2\r\n\r\nok"), piece;
    h1_parser_begin(&p, false);
    CHECK_INT(h1_parser_next(&p, &in, &piece), H1_HEAD);
    http_headers_move(&mine, &p.headers);
    CHECK_INT(h1_parser_next(&p, &in, &piece), H1_PIECE);
    CHECK_STR(piece, "ok");
    CHECK_INT(h1_parser_next(&p, &in, &piece), H1_END);
    CHECK_INT(h1_parser_next(&p, &in, &piece), H1_END);
    CHECK_INT(mine.n, 2);
    http_headers_release(&mine);
    h1_parser_release(&p);
}

TEST_MAIN(RUN(answers); RUN(what_becomes_of_the_connection); RUN(answers_without_a_body);
          RUN(interim_answers_are_left_out); RUN(chunks); RUN(chunks_that_are_none);
          RUN(status_lines_that_are_none); RUN(headers_that_are_none); RUN(lengths_that_are_none);
          RUN(answers_that_end_early); RUN(limits); RUN(limits_of_what_is_left_out);
          RUN(what_is_left_is_told); RUN(headers_can_be_moved_out);)
