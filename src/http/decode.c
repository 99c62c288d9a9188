/*
 * decode -- content codings undone while a body comes in.
 *
 * Each coding is a stage; a stage hands what it has undone to the next, a room full at a time, so
 * that a chain of codings can't make more in between than one room holds.
 *
 * "deflate" is sent by some as zlib (RFC 9110) and by some raw (RFC 1951): the first two bytes tell.
 */
// SPDX-License-Identifier: MIT
#include "http/decode.h"

#include "base/mem.h"

#include <brotli/decode.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#define ROOM 16384
#define GZIP_MAGIC 0x1f        /* the first byte of a member */
#define ZSTD_WINDOW_LOG_MAX 23 /* 8 MB (RFC 9659) */

enum coding { CODING_GZIP, CODING_DEFLATE, CODING_BROTLI, CODING_ZSTD };

struct stage {
    enum coding coding;
    bool has_begun, has_ended;
    bool has_padding;   /* behind the end stands something else, of which nothing is wanted */
    uint64_t made;      /* bytes so far */
    struct stage *next; /* that which is undone after it */
    z_stream z;
    bool z_is_ready;
    unsigned char first; /* of deflate: the byte that has to wait for the second */
    bool has_first;
    BrotliDecoderState *brotli;
    ZSTD_DStream *zstd;
    unsigned char room[ROOM];
};

struct decoder {
    struct stage *stages;
};

static const char *name_of(enum coding coding)
{
    static const char *const names[] = {"gzip", "deflate", "br", "zstd"};
    return names[coding];
}

static void free_stages(struct stage *s)
{
    while (s != NULL) {
        struct stage *next = s->next;
        if (s->z_is_ready)
            inflateEnd(&s->z);
        if (s->brotli != NULL)
            BrotliDecoderDestroyInstance(s->brotli);
        ZSTD_freeDStream(s->zstd);
        free(s);
        s = next;
    }
}

/* Whether it names a coding; identity names none. */
static bool read_coding(struct str name, enum coding *coding)
{
    if (str_equal_nocase(name, STR("gzip")) || str_equal_nocase(name, STR("x-gzip")))
        *coding = CODING_GZIP;
    else if (str_equal_nocase(name, STR("deflate")))
        *coding = CODING_DEFLATE;
    else if (str_equal_nocase(name, STR("br")))
        *coding = CODING_BROTLI;
    else if (str_equal_nocase(name, STR("zstd")))
        *coding = CODING_ZSTD;
    else
        return false;
    return true;
}

static void prepare(struct stage *s)
{
    if (s->coding == CODING_BROTLI) {
        s->brotli = BrotliDecoderCreateInstance(NULL, NULL, NULL);
        if (s->brotli == NULL)
            BUG("out of memory");
    } else if (s->coding == CODING_ZSTD) {
        s->zstd = ZSTD_createDStream();
        if (s->zstd == NULL)
            BUG("out of memory");
        ZSTD_DCtx_setParameter(s->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG_MAX);
    }
}

struct decoder *decoder_new(struct str content_encoding, bool *known)
{
    struct stage *stages = NULL;
    size_t n = 0;
    *known = true;
    while (content_encoding.n > 0) {
        struct str name = str_trim(str_cut(&content_encoding, ','));
        if (name.n == 0 || str_equal_nocase(name, STR("identity")))
            continue;
        enum coding coding;
        if (!read_coding(name, &coding) || ++n > DECODE_CODINGS_MAX) {
            *known = false;
            free_stages(stages);
            return NULL;
        }
        struct stage *s = xmalloc(sizeof *s);
        memset(s, 0, offsetof(struct stage, room));
        s->coding = coding;
        s->next = stages;
        stages = s; // the last that was put on is the first to be undone
        prepare(s);
    }
    if (stages == NULL)
        return NULL;
    struct decoder *d = xmalloc(sizeof *d);
    d->stages = stages;
    return d;
}

void decoder_free(struct decoder *d)
{
    if (d == NULL)
        return;
    free_stages(d->stages);
    free(d);
}

static int feed(struct stage *s, const unsigned char *p, size_t n, struct buf *out,
                struct err *err);

/* What a stage has undone goes to the next one, or out. */
static int hand_on(struct stage *s, size_t n, struct buf *out, struct err *err)
{
    if (n == 0)
        return 0;
    s->made += n;
    if (s->next != NULL && (out->limit == 0 || s->made <= s->next->made + out->limit))
        return feed(s->next, s->room, n, out, err);
    // What comes to nothing in the next coding is a bomb too: it costs time instead of memory.
    out->overflowed |= s->next != NULL;
    buf_add(out, s->room, n);
    if (out->overflowed)
        return err_set(err, "decoded, the body is larger than %zu bytes", out->limit);
    return 0;
}

static int refuse(const struct stage *s, const char *why, struct err *err)
{
    return err_set(err, "not %s: %s", name_of(s->coding), why != NULL ? why : "damaged data");
}

static void begin_zlib(struct stage *s, int window_bits)
{
    s->z = (z_stream){.next_in = NULL};
    if (inflateInit2(&s->z, window_bits) != Z_OK)
        BUG("out of memory");
    s->z_is_ready = true;
}

static int run_zlib(struct stage *s, const unsigned char *p, size_t n, struct buf *out,
                    struct err *err)
{
    s->has_ended = false;
    s->z.next_in = (unsigned char *)p; // zlib doesn't write there
    s->z.avail_in = (uInt)n;
    for (;;) {
        s->z.next_out = s->room;
        s->z.avail_out = ROOM;
        int status = inflate(&s->z, Z_NO_FLUSH);
        if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
            return refuse(s, s->z.msg, err);
        size_t made = ROOM - s->z.avail_out;
        if (hand_on(s, made, out, err) < 0)
            return -1;
        if (status == Z_STREAM_END) {
            // A gzip body may have several members; what else follows is padding.
            bool has_more = s->z.avail_in > 0;
            s->has_padding =
                has_more && (s->coding != CODING_GZIP || s->z.next_in[0] != GZIP_MAGIC);
            s->has_ended = s->has_padding || !has_more;
            inflateReset(&s->z);
            if (s->has_ended)
                return 0;
        } else if (made < ROOM && s->z.avail_in == 0) {
            return 0;
        } else if (made == 0 && status == Z_BUF_ERROR) {
            return 0;
        }
    }
}

/* RFC 1950 2.2: a zlib header is method 8 and a multiple of 31. */
static int window_bits_of_deflate(unsigned char a, unsigned char b)
{
    bool is_zlib = (a & 0x0f) == 8 && ((unsigned)a << 8 | b) % 31 == 0;
    return is_zlib ? MAX_WBITS : -MAX_WBITS;
}

static int feed_zlib(struct stage *s, const unsigned char *p, size_t n, struct buf *out,
                     struct err *err)
{
    if (s->z_is_ready)
        return run_zlib(s, p, n, out, err);
    if (s->coding == CODING_GZIP) {
        begin_zlib(s, MAX_WBITS + 16);
        return run_zlib(s, p, n, out, err);
    }
    if (!s->has_first && n == 1) {
        s->first = p[0];
        s->has_first = true;
        return 0;
    }
    begin_zlib(s, s->has_first ? window_bits_of_deflate(s->first, p[0])
                               : window_bits_of_deflate(p[0], p[1]));
    if (s->has_first && run_zlib(s, &s->first, 1, out, err) < 0)
        return -1;
    return run_zlib(s, p, n, out, err);
}

static int feed_brotli(struct stage *s, const unsigned char *p, size_t n, struct buf *out,
                       struct err *err)
{
    for (;;) {
        unsigned char *room = s->room;
        size_t left = ROOM;
        BrotliDecoderResult result =
            BrotliDecoderDecompressStream(s->brotli, &n, &p, &left, &room, NULL);
        if (result == BROTLI_DECODER_RESULT_ERROR)
            return refuse(s, BrotliDecoderErrorString(BrotliDecoderGetErrorCode(s->brotli)), err);
        if (hand_on(s, ROOM - left, out, err) < 0)
            return -1;
        if (result == BROTLI_DECODER_RESULT_SUCCESS)
            s->has_ended = true;
        if (result != BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT)
            return 0;
    }
}

/* Frames may follow one another; each may be the last. */
static int feed_zstd(struct stage *s, const unsigned char *p, size_t n, struct buf *out,
                     struct err *err)
{
    ZSTD_inBuffer in = {.src = p, .size = n};
    for (;;) {
        ZSTD_outBuffer room = {.dst = s->room, .size = ROOM};
        size_t status = ZSTD_decompressStream(s->zstd, &room, &in);
        if (ZSTD_isError(status))
            return refuse(s, ZSTD_getErrorName(status), err);
        s->has_ended = status == 0;
        if (hand_on(s, room.pos, out, err) < 0)
            return -1;
        if (in.pos == in.size && (s->has_ended || room.pos < ROOM))
            return 0;
    }
}

static int feed(struct stage *s, const unsigned char *p, size_t n, struct buf *out, struct err *err)
{
    if (n == 0)
        return 0;
    s->has_begun = true;
    if (s->coding == CODING_ZSTD)
        return feed_zstd(s, p, n, out, err);
    s->has_padding |= s->has_ended && (s->coding != CODING_GZIP || p[0] != GZIP_MAGIC);
    if (s->has_padding)
        return 0;
    if (s->coding == CODING_BROTLI)
        return feed_brotli(s, p, n, out, err);
    return feed_zlib(s, p, n, out, err);
}

int decoder_feed(struct decoder *d, struct str piece, struct buf *out, struct err *err)
{
    // zlib counts in unsigned int.
    while (piece.n > 0) {
        struct str part = str_slice(piece, 0, 1u << 30);
        if (feed(d->stages, (const unsigned char *)part.p, part.n, out, err) < 0)
            return -1;
        piece = str_slice(piece, part.n, piece.n);
    }
    return 0;
}

int decoder_finish(struct decoder *d, struct err *err)
{
    for (struct stage *s = d->stages; s != NULL; s = s->next) {
        if (s->has_begun && !s->has_ended)
            return err_set(err, "%s ends too early", name_of(s->coding));
    }
    return 0;
}
