/* tls_tickets -- sessions that can be resumed: how tls.c fills and asks what net/tls.h promises. */
// SPDX-License-Identifier: MIT
#ifndef NET_TLS_TICKETS_H
#define NET_TLS_TICKETS_H

#include "base/str.h"
#include "net/tls.h"

#include <openssl/ssl.h>

/* Takes the session. The peer is a name and a port. */
void tls_tickets_keep(struct tls_tickets *tickets, SSL_CTX *context, const char *peer,
                      SSL_SESSION *session);
/* Borrowed until the tickets change; NULL: none that still holds. */
SSL_SESSION *tls_tickets_find(struct tls_tickets *tickets, SSL_CTX *context, const char *peer);

#endif
