/* test_codec -- base64 and hex. */
// SPDX-License-Identifier: MIT
#include "base/codec.h"

#include "../check.h"

// RFC 4648, 10.
static const char *const vectors[][2] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
};

TEST(base64_of_the_standard)
{
    struct buf out = BUF_INIT;
    struct err err = ERR_INIT;
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        buf_clear(&out);
        base64_encode(&out, str_of(vectors[i][0]));
        CHECK_TEXT(buf_cstr(&out), vectors[i][1]);
        buf_clear(&out);
        CHECK_INT(base64_decode(&out, str_of(vectors[i][1]), &err), 0);
        CHECK_TEXT(buf_cstr(&out), vectors[i][0]);
    }
    buf_release(&out);
}

TEST(base64_keeps_every_byte)
{
    char bytes[256];
    struct buf coded = BUF_INIT, out = BUF_INIT;
    struct err err = ERR_INIT;
    for (int i = 0; i < 256; i++)
        bytes[i] = (char)i;
    for (size_t n = 0; n <= 256; n++) {
        buf_clear(&coded);
        buf_clear(&out);
        base64_encode(&coded, str_make(bytes, n));
        CHECK_INT(coded.n, (n + 2) / 3 * 4);
        CHECK_INT(base64_decode(&out, buf_slice(&coded), &err), 0);
        CHECK(str_equal(buf_slice(&out), str_make(bytes, n)));
    }
    buf_release(&coded);
    buf_release(&out);
}

TEST(base64_is_lenient_about_blanks_and_padding)
{
    struct buf out = BUF_INIT;
    struct err err = ERR_INIT;
    CHECK_INT(base64_decode(&out, STR(" Zm9v\r\nYg"), &err), 0);
    CHECK_TEXT(buf_cstr(&out), "foob");
    CHECK_INT(base64_decode(&out, STR("Zg = =\n"), &err), 0);
    CHECK_TEXT(buf_cstr(&out), "foobf");
    buf_release(&out);
}

TEST(base64_refuses_the_rest)
{
    static const char *const bad[] = {
        "Zm9v!", "Zg==Zg==", "Z", "Zm9vY", "Zg=", "Zg===", "====", "Zm9v=", "Zm-_", "Zm9v\xc3\xa4",
    };
    struct buf out = BUF_INIT;
    buf_add_cstr(&out, "kept");
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct err err = ERR_INIT;
        CHECK_INT(base64_decode(&out, str_of(bad[i]), &err), -1);
        CHECK(err_is_set(&err));
        CHECK_TEXT(buf_cstr(&out), "kept");
    }
    struct err err = ERR_INIT;
    CHECK_INT(base64_decode(&out, str_make("Zm\0v", 4), &err), -1);
    CHECK_TEXT(err.text, "not base64: byte 0x00 at place 3");
    buf_release(&out);
}

TEST(hex_of_bytes)
{
    struct buf out = BUF_INIT;
    hex_encode(&out, str_make("\x00\x0f\xf0\xff", 4));
    CHECK_TEXT(buf_cstr(&out), "000ff0ff");
    hex_encode(&out, STR_EMPTY);
    CHECK_INT(out.n, 8);
    buf_release(&out);
}

TEST_MAIN(RUN(base64_of_the_standard); RUN(base64_keeps_every_byte);
          RUN(base64_is_lenient_about_blanks_and_padding); RUN(base64_refuses_the_rest);
          RUN(hex_of_bytes);)
