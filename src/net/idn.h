/*
 * idn -- host names with letters beyond ASCII, as name servers know them (IDNA 2008 with the
 * mapping of UTS 46, by libidn2).
 */
// SPDX-License-Identifier: MIT
#ifndef NET_IDN_H
#define NET_IDN_H

#include "base/buf.h"
#include "base/str.h"

/* Adds the name with each label that needs it as "xn--...". -1: it isn't UTF-8, a label is too long,
 * or it holds what no host name may; then nothing is added. */
int idn_add_host(struct buf *out, struct str host) __attribute__((warn_unused_result));

/* *host in ASCII: as it is where it has no other letters, else made in `room`. -1 as above. */
int idn_host(struct str *host, struct buf *room) __attribute__((warn_unused_result));

#endif
