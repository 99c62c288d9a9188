/*
 * fuzz_h1_parser -- answers of whatever bytes: in whole, where their head is known already, in pieces of one
 * size and in pieces of many sizes they must say the same. What is heard has no line break, no NUL and no two lengths, and what is
 * left to be given again stays within its limit.
 *
 * The first byte says how large the pieces are, and whether HEAD was asked.
 *
 * links: base http/h1_parser http/h1_heads http/headers http/failure
 */
// SPDX-License-Identifier: MIT
#include "http/h1_parser.h"
#include "http/transport.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool is_so, const char *what)
{
    if (is_so)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\r' || s.p[i] == '\n' || s.p[i] == '\0')
            return false;
    }
    return true;
}

/* What holds of every head that is let through. */
static void check_head(const struct h1_parser *p)
{
    const struct http_headers *h = &p->headers;
    struct str length = STR_EMPTY, other;
    check(p->status >= 101 && p->status <= 999 && is_plain(p->reason), "the status line");
    check(h->n <= HTTP_HEADERS_LIMIT, "the number of headers");
    http_headers_get(h, STR("Content-Length"), &length);
    for (size_t i = 0; i < h->n; i++) {
        struct str name = http_headers_name(h, i), value = http_headers_value(h, i);
        check(name.n > 0 && is_plain(name) && is_plain(value), "a header's text");
        check(!str_contains(name, STR(" ")) && !str_contains(name, STR(":")), "a header's name");
        if (str_equal_nocase(name, STR("Content-Length")))
            check(value.n > 0 && strtoull(value.p, NULL, 10) == strtoull(length.p, NULL, 10),
                  "two lengths");
    }
    check(length.n == 0 || !http_headers_get(h, STR("Transfer-Encoding"), &other),
          "a length beside chunks");
}

/* What was heard of an answer, as a text. */
static void hear_head(struct buf *heard, const struct h1_parser *p)
{
    check_head(p);
    buf_addf(heard, "%d %.*s\n", p->status, STR_ARG(p->reason));
    for (size_t i = 0; i < p->headers.n; i++) {
        buf_add_str(heard, http_headers_name(&p->headers, i));
        buf_add_char(heard, '=');
        buf_add_str(heard, http_headers_value(&p->headers, i));
        buf_add_char(heard, '\n');
    }
}

static enum h1_event feed(struct buf *heard, struct h1_parser *p, struct str *in)
{
    struct str piece = STR_EMPTY;
    for (;;) {
        enum h1_event event = h1_parser_next(p, in, &piece);
        if (event == H1_HEAD)
            hear_head(heard, p);
        else if (event == H1_PIECE)
            buf_add_str(heard, piece);
        else
            return event;
    }
}

/* The size of the next piece: `step`, or where that is 0 whatever `state` comes to. */
static size_t next_size(size_t step, uint64_t *state)
{
    if (step > 0)
        return step;
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state % 4 == 0 ? 1 : *state % 61 + 1;
}

/* Each piece comes in memory of its own, so that a read beyond it is found. */
static struct buf parse(struct str answer, bool is_head, size_t step, struct h1_heads *heads)
{
    struct buf heard = BUF_INIT;
    struct h1_parser p = {.heads = heads};
    enum h1_event event = H1_MORE;
    size_t from = 0, to = 0;
    uint64_t state = answer.n + 1;
    h1_parser_begin(&p, is_head);
    while (event == H1_MORE && to < answer.n) {
        size_t size = next_size(step, &state);
        to = size < answer.n - to ? to + size : answer.n;
        char *memory = malloc(to - from + 1);
        memcpy(memory, answer.p + from, to - from);
        struct str in = str_make(memory, to - from);
        event = feed(&heard, &p, &in);
        check(event != H1_MORE || in.n <= HTTP_HEAD_LIMIT + H1_LINE_LIMIT, "what is left");
        from += (size_t)(in.p - memory);
        free(memory);
    }
    if (event == H1_MORE)
        event = h1_parser_close(&p);
    if (event == H1_FAILED)
        h1_parser_add_failure(&p, &heard);
    else
        buf_addf(&heard, "%zu left, %d", answer.n - from, p.keeps_connection);
    h1_parser_release(&p);
    return heard;
}

static void compare(const struct buf *whole, struct str answer, bool is_head, size_t step,
                    struct h1_heads *heads)
{
    struct buf pieces = parse(answer, is_head, step, heads);
    if (!str_equal(buf_slice(whole), buf_slice(&pieces))) {
        fprintf(stderr, "in whole:\n%s\nin pieces of %zu:\n%s\n", buf_cstr(whole), step,
                buf_cstr(&pieces));
        abort();
    }
    buf_release(&pieces);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    bool is_head = data[0] & 1;
    size_t step = (size_t)(data[0] >> 1) + 1;
    struct str answer = str_make((const char *)data + 1, size - 1);
    static struct h1_heads known; // from one input to the next
    struct buf whole = parse(answer, is_head, SIZE_MAX, NULL);
    compare(&whole, answer, is_head, SIZE_MAX, &known);
    compare(&whole, answer, is_head, SIZE_MAX, &known);
    compare(&whole, answer, is_head, step, NULL);
    compare(&whole, answer, is_head, 0, &known);
    buf_release(&whole);
    return 0;
}
