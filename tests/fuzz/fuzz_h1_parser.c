/*
 * fuzz_h1_parser -- answers of whatever bytes: in whole and in pieces they must say the same.
 *
 * The first byte says how large the pieces are, and whether HEAD was asked.
 *
 * links: base http/h1_parser http/headers http/failure
 */
// SPDX-License-Identifier: MIT
#include "http/h1_parser.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was heard of an answer, as a text. */
static void hear_head(struct buf *heard, const struct h1_parser *p)
{
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
    struct str piece;
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

/* Each piece comes in memory of its own, so that a read beyond it is found. */
static struct buf parse(struct str answer, bool is_head, size_t step)
{
    struct buf heard = BUF_INIT;
    struct h1_parser p = {.status = 0};
    enum h1_event event = H1_MORE;
    size_t from = 0, to = 0;
    h1_parser_begin(&p, is_head);
    while (event == H1_MORE && to < answer.n) {
        to = step < answer.n - to ? to + step : answer.n;
        char *memory = malloc(to - from + 1);
        memcpy(memory, answer.p + from, to - from);
        struct str in = str_make(memory, to - from);
        event = feed(&heard, &p, &in);
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    bool is_head = data[0] & 1;
    size_t step = (size_t)(data[0] >> 1) + 1;
    struct str answer = str_make((const char *)data + 1, size - 1);
    struct buf whole = parse(answer, is_head, SIZE_MAX), pieces = parse(answer, is_head, step);
    if (!str_equal(buf_slice(&whole), buf_slice(&pieces))) {
        fprintf(stderr, "in whole:\n%s\nin pieces of %zu:\n%s\n", buf_cstr(&whole), step,
                buf_cstr(&pieces));
        abort();
    }
    buf_release(&whole);
    buf_release(&pieces);
    return 0;
}
