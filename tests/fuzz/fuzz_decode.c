/*
 * fuzz_decode -- bodies of whatever bytes, undone in whole and in pieces: both must say the same, and
 * neither makes more than the limit. What our own libraries have coded must come out as it was.
 *
 * The first byte says which codings there are, the second how large the pieces are.
 *
 * links: base http/decode
 */
// SPDX-License-Identifier: MIT
#include "http/decode.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LIMIT (256 * 1024)

static const char *const codings[] = {"gzip",
                                      "deflate",
                                      "br",
                                      "zstd",
                                      "gzip, br",
                                      "zstd, gzip",
                                      "gzip, gzip, gzip, gzip, gzip",
                                      "deflate, zstd, br"};

struct outcome {
    int rc;
    struct buf body;
    struct err err;
};

/* Each piece stands in memory of its own, so that a read beyond it is found. */
static struct outcome undo(const char *coding, struct str body, size_t step)
{
    struct outcome o = {.rc = 0};
    bool known;
    struct decoder *d = decoder_new(str_of(coding), &known);
    buf_init(&o.body, LIMIT);
    while (o.rc == 0 && body.n > 0) {
        struct str piece = str_slice(body, 0, step);
        char *memory = malloc(piece.n);
        memcpy(memory, piece.p, piece.n);
        o.rc = decoder_feed(d, str_make(memory, piece.n), &o.body, &o.err);
        body = str_slice(body, piece.n, body.n);
        free(memory);
    }
    if (o.rc == 0)
        o.rc = decoder_finish(d, &o.err);
    decoder_free(d);
    return o;
}

static void complain(const char *what, const char *coding, const struct outcome *a,
                     const struct outcome *b)
{
    fprintf(stderr, "%s, %s: %d, %zu bytes, '%s'; %d, %zu bytes, '%s'\n", coding, what, a->rc,
            a->body.n, a->err.text, b->rc, b->body.n, b->err.text);
    abort();
}

static void try_pieces(const char *coding, struct str body, size_t step)
{
    struct outcome whole = undo(coding, body, SIZE_MAX), pieces = undo(coding, body, step);
    if (whole.body.n > LIMIT || pieces.body.n > LIMIT)
        complain("more than the limit", coding, &whole, &pieces);
    if (whole.rc != pieces.rc || (whole.rc < 0) != err_is_set(&whole.err))
        complain("the outcomes differ", coding, &whole, &pieces);
    // What came before a fault may have been handed on or not.
    if (whole.rc == 0 && !str_equal(buf_slice(&whole.body), buf_slice(&pieces.body)))
        complain("the bodies differ", coding, &whole, &pieces);
    buf_release(&whole.body);
    buf_release(&pieces.body);
}

/* --- there and back ---------------------------------------------------------------------------- */

static struct buf code_zlib(struct str body, int window_bits)
{
    struct buf out = BUF_INIT;
    z_stream z = {.next_in = (unsigned char *)body.p, .avail_in = (uInt)body.n};
    if (deflateInit2(&z, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    buf_reserve(&out, deflateBound(&z, body.n));
    z.next_out = (unsigned char *)out.p;
    z.avail_out = (uInt)out.capacity;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        abort();
    out.n = z.total_out;
    deflateEnd(&z);
    return out;
}

static struct buf code_zstd(struct str body)
{
    struct buf out = BUF_INIT;
    buf_reserve(&out, ZSTD_compressBound(body.n));
    out.n = ZSTD_compress(out.p, out.capacity, body.p, body.n, 1);
    if (ZSTD_isError(out.n))
        abort();
    return out;
}

static void check_back(const char *coding, struct buf coded, struct str body, size_t step)
{
    struct outcome back = undo(coding, buf_slice(&coded), step), expected = {.rc = 0};
    buf_add_str(&expected.body, body);
    if (back.rc < 0 || !str_equal(buf_slice(&back.body), body))
        complain("it is not what it was", coding, &back, &expected);
    buf_release(&expected.body);
    buf_release(&back.body);
    buf_release(&coded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const char *coding = codings[data[0] % (sizeof codings / sizeof *codings)];
    size_t step = (size_t)data[1] % 64 + 1;
    struct str body = str_make((const char *)data + 2, size - 2);
    try_pieces(coding, body, step);
    if (data[1] >= 64)
        return 0;
    check_back("gzip", code_zlib(body, MAX_WBITS + 16), body, step);
    check_back("deflate", code_zlib(body, MAX_WBITS), body, step);
    check_back("zstd", code_zstd(body), body, step);
    // A raw stream whose first two bytes look like zlib's is one of the few that can't be told.
    struct buf raw = code_zlib(body, -MAX_WBITS);
    bool is_told = raw.n < 2 || ((unsigned char)raw.p[0] & 0x0f) != 8;
    if (is_told)
        check_back("deflate", raw, body, step);
    else
        buf_release(&raw);
    return 0;
}
