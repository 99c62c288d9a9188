/* test_digest -- the examples of FIPS 180-4. */
// SPDX-License-Identifier: MIT
#include "net/digest.h"

#include "../check.h"

static const char *sha256_of(struct buf *out, const char *text)
{
    buf_clear(out);
    digest_add_sha256(out, str_of(text));
    return buf_cstr(out);
}

TEST(sha256)
{
    struct buf out = BUF_INIT;

    CHECK_TEXT(sha256_of(&out, ""),
               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK_TEXT(sha256_of(&out, "abc"),
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK_TEXT(sha256_of(&out, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
               "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    buf_release(&out);
}

TEST_MAIN(RUN(sha256);)
