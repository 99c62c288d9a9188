/* test_decode -- content codings undone while a body comes in. */
// SPDX-License-Identifier: MIT
#include "http/decode.h"

#include "base/mem.h"

#include <zlib.h>
#include <zstd.h>

#include "../check.h"

static struct buf plain_text(size_t n)
{
    struct buf b = BUF_INIT;
    for (size_t i = 0; b.n < n; i++)
        buf_addf(&b, "line %zu of a text that repeats itself\n", i * 7919 % 1000);
    buf_truncate(&b, n);
    return b;
}

/* window_bits: MAX_WBITS zlib, negative raw, + 16 gzip. */
static struct buf deflated(struct str s, int window_bits)
{
    z_stream z = {.next_in = (unsigned char *)s.p, .avail_in = (uInt)s.n};
    deflateInit2(&z, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
    size_t room = deflateBound(&z, s.n) + 64;
    char *p = xmalloc(room);
    z.next_out = (unsigned char *)p;
    z.avail_out = (uInt)room;
    deflate(&z, Z_FINISH);
    struct buf out = BUF_INIT;
    buf_add(&out, p, z.total_out);
    deflateEnd(&z);
    free(p);
    return out;
}

/* The encoder is not among what is linked: meta-blocks that hold their bytes as they are (RFC 7932
 * 9.2). What was really compressed is in a test of its own. */
static struct buf brotlied(struct str s)
{
    struct buf out = BUF_INIT;
    unsigned shift = 1; // the stream begins with a bit for its window
    while (s.n > 0) {
        struct str part = str_slice(s, 0, 65536);
        unsigned bits = ((unsigned)(part.n - 1) << 3 | 1u << 19) << shift;
        for (int i = 0; i < 3; i++, bits >>= 8)
            buf_add_char(&out, (char)(bits & 0xff));
        buf_add_str(&out, part);
        s = str_slice(s, part.n, s.n);
        shift = 0;
    }
    buf_add_char(&out, (char)(3u << shift)); // last, and empty
    return out;
}

static struct buf zstded(struct str s)
{
    size_t n = ZSTD_compressBound(s.n);
    char *p = xmalloc(n);
    n = ZSTD_compress(p, n, s.p, s.n, 3);
    struct buf out = BUF_INIT;
    buf_add(&out, p, n);
    free(p);
    return out;
}

static struct buf coded(const char *coding, struct str s)
{
    if (strcmp(coding, "gzip") == 0)
        return deflated(s, MAX_WBITS + 16);
    if (strcmp(coding, "br") == 0)
        return brotlied(s);
    if (strcmp(coding, "zstd") == 0)
        return zstded(s);
    return deflated(s, strcmp(coding, "raw") == 0 ? -MAX_WBITS : MAX_WBITS);
}

static const char *name_of(const char *coding)
{
    return strcmp(coding, "raw") == 0 ? "deflate" : coding;
}

/* Undoes it in pieces of `step` bytes. -1 and the error's text in err. */
static int undo(const char *content_encoding, struct str bytes, size_t step, struct buf *out,
                struct err *err)
{
    bool known;
    struct decoder *d = decoder_new(str_of(content_encoding), &known);
    if (d == NULL)
        return err_set(err, "no decoder");
    int rc = 0;
    for (size_t at = 0; rc == 0 && at < bytes.n; at += step)
        rc = decoder_feed(d, str_slice(bytes, at, at + step), out, err);
    if (rc == 0)
        rc = decoder_finish(d, err);
    decoder_free(d);
    return rc;
}

static const char *const codings[] = {"gzip", "deflate", "raw", "br", "zstd"};
#define EACH(i)                             \
    size_t i = 0;                           \
    i < sizeof(codings) / sizeof(*codings); \
    i++

TEST(undoes_each_in_any_pieces)
{
    static const size_t lengths[] = {1, 100, 16384, 100000};
    static const size_t steps[] = {1, 2, 7, 4096, 1 << 20};
    for (EACH(i)) {
        for (size_t l = 0; l < sizeof(lengths) / sizeof(*lengths); l++) {
            struct buf plain = plain_text(lengths[l]);
            struct buf bytes = coded(codings[i], buf_slice(&plain));
            for (size_t s = 0; s < sizeof(steps) / sizeof(*steps); s++) {
                struct buf out = BUF_INIT;
                struct err err = ERR_INIT;
                int rc = undo(name_of(codings[i]), buf_slice(&bytes), steps[s], &out, &err);
                bool same = str_equal(buf_slice(&out), buf_slice(&plain));
                buf_release(&out);
                if (rc < 0 || !same)
                    CHECK_FAIL("%s, %zu bytes in steps of %zu: %s", codings[i], lengths[l],
                               steps[s], err.text);
            }
            buf_release(&bytes);
            buf_release(&plain);
        }
    }
}

TEST(reads_names)
{
    bool known;
    CHECK(decoder_new(STR(""), &known) == NULL);
    CHECK(known);
    CHECK(decoder_new(STR("identity"), &known) == NULL);
    CHECK(known);
    CHECK(decoder_new(STR("compress"), &known) == NULL);
    CHECK(!known);
    CHECK(decoder_new(STR("gzip, secret"), &known) == NULL);
    CHECK(!known);
    CHECK(decoder_new(STR("br,br,br,br,br,br"), &known) == NULL);
    CHECK(!known);
    struct decoder *d = decoder_new(STR(" X-GZip , identity,"), &known);
    CHECK(d != NULL);
    CHECK(known);
    decoder_free(d);
    decoder_free(NULL);
}

TEST(undoes_one_upon_the_other)
{
    struct buf plain = plain_text(50000);
    struct buf once = coded("gzip", buf_slice(&plain));
    struct buf twice = coded("br", buf_slice(&once));
    struct buf thrice = coded("zstd", buf_slice(&twice));
    struct buf out = BUF_INIT;
    struct err err = ERR_INIT;
    CHECK_INT(undo("gzip, br, zstd", buf_slice(&thrice), 100, &out, &err), 0);
    CHECK(str_equal(buf_slice(&out), buf_slice(&plain)));
    buf_release(&out);
    buf_release(&thrice);
    buf_release(&twice);
    buf_release(&once);
    buf_release(&plain);
}

TEST(an_empty_body_is_fine)
{
    for (EACH(i)) {
        struct buf out = BUF_INIT;
        struct err err = ERR_INIT;
        CHECK_INT(undo(name_of(codings[i]), STR_EMPTY, 1, &out, &err), 0);
        CHECK_INT(out.n, 0);
        // and so is one of nothing, coded
        struct buf bytes = coded(codings[i], STR_EMPTY);
        CHECK_INT(undo(name_of(codings[i]), buf_slice(&bytes), 1, &out, &err), 0);
        CHECK_INT(out.n, 0);
        buf_release(&bytes);
        buf_release(&out);
    }
}

TEST(tells_what_was_cut_off)
{
    for (EACH(i)) {
        struct buf plain = plain_text(1000);
        struct buf bytes = coded(codings[i], buf_slice(&plain));
        for (size_t n = 1; n < bytes.n; n += 13) {
            struct buf out = BUF_INIT;
            struct err err = ERR_INIT;
            int rc = undo(name_of(codings[i]), str_slice(buf_slice(&bytes), 0, n), 64, &out, &err);
            buf_release(&out);
            if (rc == 0 || strstr(err.text, "ends too early") == NULL)
                CHECK_FAIL("%s after %zu of %zu bytes: %s", codings[i], n, bytes.n, err.text);
        }
        buf_release(&bytes);
        buf_release(&plain);
    }
}

TEST(tells_garbage)
{
    static const char *const names[] = {"gzip", "deflate", "br", "zstd"};
    for (size_t i = 0; i < 4; i++) {
        struct buf out = BUF_INIT;
        struct err err = ERR_INIT;
        CHECK_INT(undo(names[i], STR("\xff<html>not coded at all</html>"), 100, &out, &err), -1);
        CHECK(strstr(err.text, names[i]) != NULL);
        buf_release(&out);
    }
}

TEST(tells_damage_in_the_middle)
{
    struct buf plain = plain_text(100000);
    struct buf bytes = coded("gzip", buf_slice(&plain));
    for (size_t i = 200; i < 260; i++)
        bytes.p[i] = (char)(bytes.p[i] ^ 0x55);
    struct buf out = BUF_INIT;
    struct err err = ERR_INIT;
    CHECK_INT(undo("gzip", buf_slice(&bytes), 1000, &out, &err), -1);
    buf_release(&out);
    buf_release(&bytes);
    buf_release(&plain);
}

TEST(meets_bombs_with_the_limit)
{
    for (EACH(i)) {
        struct buf plain = BUF_INIT;
        buf_add_many(&plain, 'x', 10 << 20);
        struct buf bytes = coded(codings[i], buf_slice(&plain));
        struct buf out = BUF_INIT;
        struct err err = ERR_INIT;
        buf_init(&out, 100000);
        CHECK_INT(undo(name_of(codings[i]), buf_slice(&bytes), 1 << 20, &out, &err), -1);
        CHECK(out.overflowed);
        CHECK(out.n <= 100000);
        CHECK_TEXT(err.text, "decoded, the body is larger than 100000 bytes");
        buf_release(&out);
        buf_release(&bytes);
        buf_release(&plain);
    }
}

TEST(takes_members_and_frames_one_after_the_other)
{
    static const char *const names[] = {"gzip", "zstd"};
    for (size_t i = 0; i < 2; i++) {
        for (size_t step = 1; step < 200; step += 61) {
            struct buf a = coded(names[i], STR("first,")), b = coded(names[i], STR("second"));
            buf_add_str(&a, buf_slice(&b));
            struct buf out = BUF_INIT;
            struct err err = ERR_INIT;
            CHECK_INT(undo(names[i], buf_slice(&a), step, &out, &err), 0);
            CHECK_TEXT(buf_cstr(&out), "first,second");
            buf_release(&out);
            buf_release(&b);
            buf_release(&a);
        }
    }
}

TEST(undoes_what_brotli_compressed)
{
    static const char text[] =
        "\x1b\x3c\x00\x00\x44\x9d\x43\x65\x83\xaf\x35\xe7\xa9\x05\x46\x61\xeb"
        "\x2d\x34\x19\x45\x28\x55\x65\xed\x24\xce\x15\x76\xf9\x0e\x8a\x5f\x00"
        "\x10\x6c\x5d\x17";
    static const char ten_megabytes[] = "\xcb\xff\xff\x3f\x00\x24\xf0\xe2\xb1\x40\x72\xef\xff\xf2"
                                        "\xff\xff\x03\x80\x04\x40\x1c\x16\x80\xee\xfd\x07";
    struct buf out = BUF_INIT;
    struct err err = ERR_INIT;
    CHECK_INT(undo("br", str_make(text, sizeof(text) - 1), 5, &out, &err), 0);
    CHECK_TEXT(buf_cstr(&out), "the quick brown fox, the quick brown dog, the quick brown cat");
    buf_clear(&out);
    CHECK_INT(undo("br", str_make(ten_megabytes, sizeof(ten_megabytes) - 1), 26, &out, &err), 0);
    CHECK_INT(out.n, 10 << 20);
    buf_release(&out);
    buf_init(&out, 1000);
    CHECK_INT(undo("br", str_make(ten_megabytes, sizeof(ten_megabytes) - 1), 26, &out, &err), -1);
    buf_release(&out);
}

TEST(leaves_padding_out)
{
    static const char *const names[] = {"gzip", "deflate", "raw", "br"};
    for (size_t i = 0; i < 4; i++) {
        for (size_t step = 1; step < 200; step += 99) {
            struct buf a = coded(names[i], STR("text"));
            buf_add_many(&a, '\0', 20);
            struct buf out = BUF_INIT;
            struct err err = ERR_INIT;
            CHECK_INT(undo(name_of(names[i]), buf_slice(&a), step, &out, &err), 0);
            CHECK_TEXT(buf_cstr(&out), "text");
            buf_release(&out);
            buf_release(&a);
        }
    }
}

/* What follows the end is padding to its last byte, wherever pieces begin. */
TEST(padding_is_no_member)
{
    for (size_t step = 1; step < 200; step++) {
        struct buf a = coded("gzip", STR("text"));
        buf_add(&a, "\0\0\x1f\x8b\0", 5);
        struct buf out = BUF_INIT;
        struct err err = ERR_INIT;
        CHECK_INT(undo("gzip", buf_slice(&a), step, &out, &err), 0);
        CHECK_TEXT(buf_cstr(&out), "text");
        buf_release(&out);
        buf_release(&a);
    }
}

/* A coding makes much of little, and the next one nothing of that. */
TEST(meets_bombs_that_come_to_nothing)
{
    struct buf inner = coded("gzip", STR("text")), out = BUF_INIT;
    struct err err = ERR_INIT;
    buf_add_many(&inner, '\0', 10 << 20);
    struct buf bytes = coded("gzip", buf_slice(&inner));
    buf_init(&out, 100000);
    CHECK_INT(undo("gzip, gzip", buf_slice(&bytes), 100, &out, &err), -1);
    CHECK(out.overflowed);
    CHECK(out.n <= 100000);
    CHECK_TEXT(err.text, "decoded, the body is larger than 100000 bytes");
    buf_release(&out);
    buf_release(&bytes);
    buf_release(&inner);
}

TEST_MAIN(RUN(undoes_each_in_any_pieces); RUN(reads_names); RUN(undoes_one_upon_the_other);
          RUN(an_empty_body_is_fine); RUN(tells_what_was_cut_off); RUN(tells_garbage);
          RUN(tells_damage_in_the_middle); RUN(meets_bombs_with_the_limit);
          RUN(takes_members_and_frames_one_after_the_other); RUN(undoes_what_brotli_compressed);
          RUN(leaves_padding_out); RUN(padding_is_no_member);
          RUN(meets_bombs_that_come_to_nothing);)
