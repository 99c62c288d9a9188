/*
 * tls_tickets -- sessions that can be resumed.
 *
 * A list, the latest first: a client knows few servers. Each entry holds its context, so that no
 * other can come to live at its address.
 */
// SPDX-License-Identifier: MIT
#include "net/tls_tickets.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#include <utlist.h>

struct ticket {
    struct ticket *prev, *next;
    SSL_CTX *context;
    SSL_SESSION *session;
    char *peer;
};

struct tls_tickets {
    struct ticket *list;
    size_t n;
};

struct tls_tickets *tls_tickets_new(void)
{
    return xcalloc(1, sizeof(struct tls_tickets));
}

static void drop(struct tls_tickets *tickets, struct ticket *ticket)
{
    DL_DELETE(tickets->list, ticket);
    tickets->n--;
    SSL_SESSION_free(ticket->session);
    SSL_CTX_free(ticket->context);
    free(ticket->peer);
    free(ticket);
}

void tls_tickets_free(struct tls_tickets *tickets)
{
    if (tickets == NULL)
        return;
    while (tickets->list != NULL)
        drop(tickets, tickets->list);
    free(tickets);
}

size_t tls_tickets_count(const struct tls_tickets *tickets)
{
    return tickets->n;
}

static struct ticket *find(struct tls_tickets *tickets, SSL_CTX *context, const char *peer)
{
    struct ticket *ticket;
    DL_FOREACH (tickets->list, ticket) {
        if (ticket->context == context && strcmp(ticket->peer, peer) == 0)
            return ticket;
    }
    return NULL;
}

static void move_to_front(struct tls_tickets *tickets, struct ticket *ticket)
{
    DL_DELETE(tickets->list, ticket);
    DL_PREPEND(tickets->list, ticket);
}

void tls_tickets_keep(struct tls_tickets *tickets, SSL_CTX *context, const char *peer,
                      SSL_SESSION *session)
{
    struct ticket *ticket = find(tickets, context, peer);
    if (ticket != NULL) {
        SSL_SESSION_free(ticket->session);
        ticket->session = session;
        move_to_front(tickets, ticket);
        return;
    }
    if (tickets->n == TLS_TICKETS_MAX)
        drop(tickets, tickets->list->prev); // the head's prev is the last
    ticket = xmalloc(sizeof(*ticket));
    *ticket = (struct ticket){.context = context, .session = session, .peer = xstrdup(peer)};
    SSL_CTX_up_ref(context);
    DL_PREPEND(tickets->list, ticket);
    tickets->n++;
}

SSL_SESSION *tls_tickets_find(struct tls_tickets *tickets, SSL_CTX *context, const char *peer)
{
    struct ticket *ticket = find(tickets, context, peer);
    if (ticket == NULL)
        return NULL;
    if (!SSL_SESSION_is_resumable(ticket->session)) {
        drop(tickets, ticket);
        return NULL;
    }
    move_to_front(tickets, ticket);
    return ticket->session;
}
