/*
 * punycode -- host names with letters beyond ASCII, as name servers know them (RFC 3492, RFC 5891).
 *
 * Capitals of Latin, Greek and Cyrillic become small; beyond that nothing is mapped or checked, as
 * that takes Unicode's tables: who writes such a name in another form gets another name.
 */
// SPDX-License-Identifier: MIT
#ifndef NET_PUNYCODE_H
#define NET_PUNYCODE_H

#include "base/buf.h"
#include "base/str.h"

/* Adds the name with each label that needs it as "xn--...". -1: it isn't UTF-8, or a label is too
 * long; then nothing is added. */
int punycode_add_host(struct buf *out, struct str host) __attribute__((warn_unused_result));

#endif
