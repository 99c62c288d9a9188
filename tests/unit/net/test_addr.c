/* test_addr -- addresses from text and from paths. */
// SPDX-License-Identifier: MIT
#include "net/addr.h"

#include <arpa/inet.h>

#include "../check.h"

TEST(reads_both_versions)
{
    struct addr a;
    CHECK_INT(addr_from_text(&a, STR("127.0.0.1"), 80), 0);
    CHECK_INT(a.any.sa_family, AF_INET);
    CHECK_INT(ntohs(a.v4.sin_port), 80);
    CHECK_INT(ntohl(a.v4.sin_addr.s_addr), INADDR_LOOPBACK);
    CHECK_INT(a.n, sizeof(struct sockaddr_in));
    CHECK_INT(addr_from_text(&a, STR("::1"), 8080), 0);
    CHECK_INT(a.any.sa_family, AF_INET6);
    CHECK_INT(ntohs(a.v6.sin6_port), 8080);
    CHECK(IN6_IS_ADDR_LOOPBACK(&a.v6.sin6_addr));
    CHECK_INT(a.n, sizeof(struct sockaddr_in6));
    CHECK_INT(addr_from_text(&a, str_make("127.0.0.1:80", 9), 1), 0); // not terminated
}

TEST(refuses_what_is_no_address)
{
    static const char *const cases[] = {
        "",           "localhost",
        "127.0.0.1.", "127.1",
        "300.0.0.1",  "[::1]",
        ":::1",       "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc"};
    struct addr a;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        CHECK_INT(addr_from_text(&a, str_of(cases[i]), 80), -1);
        CHECK(!addr_is_literal(str_of(cases[i])));
    }
    CHECK_INT(addr_from_text(&a, str_make("127.0.0.1\0x", 11), 80), -1);
    CHECK(addr_is_literal(STR("::ffff:10.0.0.1")));
}

TEST(takes_paths)
{
    struct addr a;
    char text[200];
    memset(text, 'p', sizeof(text));
    CHECK_INT(addr_from_path(&a, STR("/run/server.sock")), 0);
    CHECK_INT(a.any.sa_family, AF_UNIX);
    CHECK_TEXT(a.path.sun_path, "/run/server.sock");
    CHECK_INT(addr_from_path(&a, str_make(text, sizeof(a.path.sun_path) - 1)), 0);
    CHECK_INT(addr_from_path(&a, str_make(text, sizeof(a.path.sun_path))), -1);
    CHECK_INT(addr_from_path(&a, STR_EMPTY), -1);
    CHECK_INT(addr_from_path(&a, str_make("a\0b", 3)), -1);
}

TEST_MAIN(RUN(reads_both_versions); RUN(refuses_what_is_no_address); RUN(takes_paths);)
