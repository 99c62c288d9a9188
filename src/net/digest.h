/* digest -- hashes (OpenSSL). */
// SPDX-License-Identifier: MIT
#ifndef NET_DIGEST_H
#define NET_DIGEST_H

#include "base/buf.h"
#include "base/str.h"

/* SHA-256 (FIPS 180-4), as 64 hexadecimal digits. */
void digest_add_sha256(struct buf *out, struct str bytes);

#endif
