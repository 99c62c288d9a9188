/* test_tls_tickets -- what a client remembers of its servers. */
// SPDX-License-Identifier: MIT
#include "net/tls_tickets.h"

#include "../check.h"

/* A session that could be resumed. */
static SSL_SESSION *session(void)
{
    static const unsigned char id[] = "an id";
    SSL_SESSION *s = SSL_SESSION_new();
    SSL_SESSION_set1_id(s, id, sizeof(id));
    return s;
}

TEST(keeps_the_last_of_each_server)
{
    struct tls_tickets *tickets = tls_tickets_new();
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL_CTX *other = SSL_CTX_new(TLS_client_method());
    CHECK(tls_tickets_find(tickets, context, "a:443") == NULL);
    SSL_SESSION *first = session(), *second = session(), *third = session();
    tls_tickets_keep(tickets, context, "a:443", first);
    CHECK(tls_tickets_find(tickets, context, "a:443") == first);
    CHECK(tls_tickets_find(tickets, context, "a:444") == NULL);
    CHECK(tls_tickets_find(tickets, other, "a:443") == NULL);
    tls_tickets_keep(tickets, context, "a:443", second);
    tls_tickets_keep(tickets, other, "a:443", third);
    CHECK_INT(tls_tickets_count(tickets), 2);
    SSL_CTX_free(other);
    SSL_CTX_free(context); // the tickets hold it
    CHECK(tls_tickets_find(tickets, context, "a:443") == second);
    tls_tickets_free(tickets);
    tls_tickets_free(NULL);
}

TEST(forgets_the_one_unused_for_longest)
{
    struct tls_tickets *tickets = tls_tickets_new();
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    char peer[16];
    for (int i = 0; i < TLS_TICKETS_MAX; i++) {
        snprintf(peer, sizeof(peer), "%d:443", i);
        tls_tickets_keep(tickets, context, peer, session());
    }
    CHECK(tls_tickets_find(tickets, context, "0:443") != NULL); // used
    tls_tickets_keep(tickets, context, "new:443", session());
    CHECK_INT(tls_tickets_count(tickets), TLS_TICKETS_MAX);
    CHECK(tls_tickets_find(tickets, context, "0:443") != NULL);
    CHECK(tls_tickets_find(tickets, context, "1:443") == NULL);
    CHECK(tls_tickets_find(tickets, context, "2:443") != NULL);
    CHECK(tls_tickets_find(tickets, context, "new:443") != NULL);
    SSL_CTX_free(context);
    tls_tickets_free(tickets);
}

TEST(drops_what_cannot_be_resumed)
{
    struct tls_tickets *tickets = tls_tickets_new();
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    tls_tickets_keep(tickets, context, "a:443", SSL_SESSION_new()); // neither id nor ticket
    CHECK(tls_tickets_find(tickets, context, "a:443") == NULL);
    CHECK_INT(tls_tickets_count(tickets), 0);
    SSL_CTX_free(context);
    tls_tickets_free(tickets);
}

TEST_MAIN(RUN(keeps_the_last_of_each_server); RUN(forgets_the_one_unused_for_longest);
          RUN(drops_what_cannot_be_resumed);)
