/* digest -- hashes (OpenSSL). */
// SPDX-License-Identifier: MIT
#include "net/digest.h"

#include "base/codec.h"
#include "base/err.h"

#include <openssl/evp.h>

void digest_add_sha256(struct buf *out, struct str bytes)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned n = 0;

    if (EVP_Digest(bytes.p, bytes.n, hash, &n, EVP_sha256(), NULL) != 1)
        BUG("no SHA-256 in this OpenSSL");
    hex_encode(out, str_make((const char *)hash, n));
}
