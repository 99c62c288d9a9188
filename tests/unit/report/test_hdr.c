/* test_hdr -- HdrHistogram's V2 encoding, byte by byte, and the log of intervals. */
// SPDX-License-Identifier: MIT
#include "report/hdr.h"

#include "base/codec.h"

#include <zlib.h>

#include "result.h"

/* The encoding before it is deflated, as hexadecimal digits, until the next call. */
static const char *unpacked(const struct histogram *h)
{
    static struct buf hex;
    struct buf text = BUF_INIT, bytes = BUF_INIT;
    unsigned char plain[4096];
    uLongf n = sizeof plain;
    hdr_add_histogram(&text, h);
    buf_clear(&hex);
    if (base64_decode(&bytes, buf_slice(&text), NULL) < 0 || bytes.n < 8 ||
        memcmp(bytes.p, "\x1c\x84\x93\x14", 4) != 0 || (unsigned char)bytes.p[7] != bytes.n - 8 ||
        uncompress(plain, &n, (const unsigned char *)bytes.p + 8, bytes.n - 8) != Z_OK)
        buf_add_cstr(&hex, "not to be decoded");
    else
        hex_encode(&hex, str_make((const char *)plain, n));
    buf_release(&text);
    buf_release(&bytes);
    return buf_cstr(&hex);
}

TEST(counts_are_zigzag_and_zeros_are_one_number)
{
    struct histogram h = {0};
    CHECK_TEXT(unpacked(&h), "1c8493130000000000000000000000030000000000000001"
                             "00000000d693a4003ff0000000000000");
    histogram_add(&h, 0);              // slot 0
    histogram_add_many(&h, 0.002, 64); // slot 2, behind a zero alone
    histogram_add_many(&h, 0.1, 3);    // slot 100, behind 97 zeros
    CHECK_TEXT(unpacked(&h), "1c8493130000000700000000000000030000000000000001"
                             "00000000d693a4003ff0000000000000"
                             "02" // 1
                             "00"
                             "8001" // 64
                             "c101" // -97
                             "06"); // 3
    histogram_release(&h);
}

TEST(large_counts_take_nine_bytes_at_most)
{
    struct histogram h = {0};
    histogram_add_many(&h, 0, (uint64_t)1 << 62);
    CHECK_TEXT(unpacked(&h), "1c8493130000000900000000000000030000000000000001"
                             "00000000d693a4003ff0000000000000"
                             "808080808080808080");
    histogram_release(&h);
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *p = strstr(text, what); p != NULL; p = strstr(p + 1, what))
        n++;
    return n;
}

TEST(a_log_has_a_line_for_each_name_and_ten_seconds)
{
    struct result *r = made_result(RESULT_START, 7);
    struct buf out = BUF_INIT;
    log_one(r->stats, "GET", "/a, b\nc", 5, NULL, RESULT_START + 25);
    slots_finish(r->stats->slots, r->stats->entries, 4, RESULT_START + 26);
    hdr_add_log(&out, r);
    const char *text = buf_cstr(&out);
    CHECK_TEXT(line_of(text, 1), "#[Histogram log format version 1.3]");
    CHECK_TEXT(line_of(text, 2),
               "#[StartTime: 1795187621.250 (seconds since epoch), 2026-11-20T15:13:41Z]");
    CHECK_INT(count(text, "\n0.000,10.000,"), 1);
    CHECK_INT(count(text, "\nTag=GET_/1,0.000,10.000,"), 1);
    CHECK_INT(count(text, "\nTag=GET_/1,"), 3);
    CHECK_INT(count(text, "\nTag=TRANSACTION_buy,"), 1);
    CHECK_INT(count(text, "/untimed"), 0);
    CHECK_INT(count(text, "\nTag=GET_/a__b\\nc,20.000,6.000,5.000,HISTFAAAA"), 1);
    slots_free(r->stats->slots);
    r->stats->slots = NULL;
    buf_clear(&out);
    hdr_add_log(&out, r);
    CHECK_INT(count(buf_cstr(&out), "\n0.000,25.500,"), 1);
    CHECK_INT(count(buf_cstr(&out), "\nTag="), 5);
    buf_release(&out);
    result_free(r);
}

TEST_MAIN(RUN(counts_are_zigzag_and_zeros_are_one_number);
          RUN(large_counts_take_nine_bytes_at_most);
          RUN(a_log_has_a_line_for_each_name_and_ten_seconds);)
