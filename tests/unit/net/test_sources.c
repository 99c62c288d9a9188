/* test_sources -- the addresses that connections come from. */
// SPDX-License-Identifier: MIT
#include "net/sources.h"

#include "net/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <unistd.h>

#include "../check.h"

/* The source that a user's socket gets; "": none. */
static const char *source_of(const struct sources *s, size_t user, int family)
{
    static char text[INET6_ADDRSTRLEN];
    struct addr a = {.n = sizeof(a.v6)};
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    text[0] = '\0';
    if (sources_bind(s, user, fd, family) == 0 && getsockname(fd, &a.any, &a.n) == 0 &&
        a.any.sa_family == AF_INET && a.v4.sin_addr.s_addr != INADDR_ANY)
        inet_ntop(AF_INET, &a.v4.sin_addr, text, sizeof(text));
    else if (a.any.sa_family == AF_INET6 && !IN6_IS_ADDR_UNSPECIFIED(&a.v6.sin6_addr))
        inet_ntop(AF_INET6, &a.v6.sin6_addr, text, sizeof(text));
    close(fd);
    return text;
}

TEST(without_any_the_system_chooses)
{
    struct sources *s = sources_new();
    CHECK_INT(sources_count(NULL), 1);
    CHECK_INT(sources_count(s), 1);
    CHECK(sources_why_not(NULL, AF_INET) == NULL);
    CHECK(sources_why_not(s, AF_INET6) == NULL);
    CHECK_TEXT(source_of(NULL, 3, AF_INET), "");
    CHECK_TEXT(source_of(s, 3, AF_INET), "");
    sources_free(s);
    sources_free(NULL);
}

TEST(each_user_has_the_next)
{
    struct sources *s = sources_new();
    struct err err = ERR_INIT;
    CHECK_INT(sources_add(s, STR("127.0.0.2"), &err), 0);
    CHECK_INT(sources_add(s, STR("127.0.0.3"), &err), 0);
    CHECK_INT(sources_count(s), 2);
    CHECK_TEXT(source_of(s, 0, AF_INET), "127.0.0.2");
    CHECK_TEXT(source_of(s, 1, AF_INET), "127.0.0.3");
    CHECK_TEXT(source_of(s, 2, AF_INET), "127.0.0.2");
    CHECK(sources_why_not(s, AF_INET) == NULL);
    CHECK(sources_why_not(s, AF_UNIX) == NULL);
    CHECK_TEXT(sources_why_not(s, AF_INET6),
               "the server has IPv6 addresses alone, and --bind gives none");
    sources_free(s);
}

TEST(one_of_each_family)
{
    struct sources *s = sources_new();
    struct err err = ERR_INIT;
    if (sources_add(s, STR("::1"), &err) < 0) {
        SKIP(one_of_each_family, "no IPv6 on the loopback");
        sources_free(s);
        return;
    }
    CHECK_TEXT(sources_why_not(s, AF_INET),
               "the server has IPv4 addresses alone, and --bind gives none");
    CHECK_INT(sources_add(s, STR("127.0.0.2"), &err), 0);
    CHECK_INT(sources_count(s), 1);
    CHECK_TEXT(source_of(s, 5, AF_INET), "127.0.0.2");
    CHECK_TEXT(source_of(s, 5, AF_INET6), "::1");
    sources_free(s);
}

TEST(refuses_what_is_no_address_of_ours)
{
    static const char *const cases[][2] = {
        {"192.0.2.1", "'192.0.2.1' is no address of this machine"},
        {"2001:db8::1", "'2001:db8::1' is no address of this machine"},
        {"eth0", "expected an IPv4 or IPv6 address of this machine, got 'eth0'"},
        {"127.0.0.2:80", "expected an IPv4 or IPv6 address of this machine, got '127.0.0.2:80'"},
        {"", "expected an IPv4 or IPv6 address of this machine, got ''"},
        {"0.0.0.0", "expected an IPv4 or IPv6 address of this machine, got '0.0.0.0'"},
        {"::", "expected an IPv4 or IPv6 address of this machine, got '::'"},
        {"224.0.0.1", "expected an IPv4 or IPv6 address of this machine, got '224.0.0.1'"},
        {"::ffff:127.0.0.1",
         "expected an IPv4 or IPv6 address of this machine, got '::ffff:127.0.0.1'"},
    };
    struct sources *s = sources_new();
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct err err = ERR_INIT;
        CHECK_INT(sources_add(s, str_of(cases[i][0]), &err), -1);
        CHECK_TEXT(err.text, cases[i][1]);
    }
    CHECK_INT(sources_count(s), 1);
    CHECK_TEXT(source_of(s, 0, AF_INET), "");
    sources_free(s);
}

TEST_MAIN(RUN(without_any_the_system_chooses); RUN(each_user_has_the_next); RUN(one_of_each_family);
          RUN(refuses_what_is_no_address_of_ours);)
