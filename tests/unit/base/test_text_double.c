/* test_text_double -- the shortest decimal that reads back as the same double. */
// SPDX-License-Identifier: MIT
#include "base/rng.h"
#include "base/text.h"

#include "../check.h"

#include <float.h>
#include <stdint.h>

static const char *written(double value)
{
    static char text[64];
    struct buf out = BUF_INIT;
    text_add_double(&out, value);
    snprintf(text, sizeof(text), "%s", buf_cstr(&out));
    buf_release(&out);
    return text;
}

TEST(as_python_writes_them)
{
    CHECK_TEXT(written(12), "12.0");
    CHECK_TEXT(written(0.1), "0.1");
    CHECK_TEXT(written(1.0 / 3), "0.3333333333333333");
    CHECK_TEXT(written(2.0 / 3), "0.6666666666666666");
    CHECK_TEXT(written(0.1 + 0.2), "0.30000000000000004");
    CHECK_TEXT(written(123456789012345), "123456789012345.0");
    CHECK_TEXT(written(0.0001), "0.0001");
    CHECK_TEXT(written(1e-5), "1e-05");
    CHECK_TEXT(written(0.00001234), "1.234e-05");
    CHECK_TEXT(written(9999999999999998), "9999999999999998.0");
    CHECK_TEXT(written(1e16), "1e+16");
    CHECK_TEXT(written(12345678901234567), "1.2345678901234568e+16");
    CHECK_TEXT(written(1e22), "1e+22");
    CHECK_TEXT(written(1e23), "1e+23");
    CHECK_TEXT(written(1e100), "1e+100");
    CHECK_TEXT(written(-2.5), "-2.5");
}

TEST(edges)
{
    CHECK_TEXT(written(0), "0.0");
    CHECK_TEXT(written(-0.0), "-0.0");
    CHECK_TEXT(written(NAN), "nan");
    CHECK_TEXT(written(INFINITY), "inf");
    CHECK_TEXT(written(-INFINITY), "-inf");
    CHECK_TEXT(written(DBL_MAX), "1.7976931348623157e+308");
    CHECK_TEXT(written(DBL_MIN), "2.2250738585072014e-308");
    CHECK_TEXT(written(0x1p-1074), "5e-324");
    CHECK_TEXT(written(0x3efb2690bp-1074), "8.352846144e-314");
}

TEST(powers_of_two_have_uneven_neighbours)
{
    CHECK_TEXT(written(0x1p-44), "5.684341886080802e-14");
    CHECK_TEXT(written(0x1p-24), "5.960464477539063e-08");
    CHECK_TEXT(written(0x1p89), "6.189700196426902e+26");
    CHECK_TEXT(written(0x1p-1017), "7.120236347223045e-307");
    CHECK_TEXT(written(0x1p976), "6.386688990511104e+293");
}

TEST(every_double_reads_back)
{
    struct rng r;
    rng_init(&r, 11, 0);
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = rng_u64(&r);
        double value;
        memcpy(&value, &bits, sizeof(value));
        if (!isfinite(value))
            continue;
        CHECK_DOUBLE(strtod(written(value), NULL), value, 0);
        CHECK(strlen(written(value)) <= 24);
    }
}

TEST_MAIN(RUN(as_python_writes_them); RUN(edges); RUN(powers_of_two_have_uneven_neighbours);
          RUN(every_double_reads_back);)
