/* test_bases -- base URLs, parsed once. */
// SPDX-License-Identifier: MIT
#include "script/bases.h"

#include "../check.h"

#include <stdio.h>

TEST(the_same_for_the_same)
{
    struct bases *b = bases_new();
    const struct exchange_base *base = bases_get(b, STR("http://h:81/api"));
    CHECK(base != NULL && bases_get(b, STR("http://h:81/api")) == base);
    struct buf text = BUF_INIT;
    struct url parts;
    exchange_join(&text, &parts, base, STR("/items?n=1"));
    CHECK_TEXT(buf_cstr(&text), "http://h:81/api/items?n=1");
    CHECK_STR(parts.host, "h");
    CHECK_INT(parts.port, 81);
    CHECK_STR(parts.path, "/api/items");
    CHECK_STR(parts.query, "n=1");
    exchange_join(&text, &parts, bases_get(b, STR("http://h")), STR("/"));
    CHECK_TEXT(buf_cstr(&text), "http://h/");
    CHECK(!parts.has_query);
    buf_release(&text);
    bases_free(b);
    bases_free(NULL);
}

TEST(those_that_are_none)
{
    static const char *const urls[] = {"",           "h",          "ftp://h", "http://u:p@h",
                                       "http://h?q", "http://h/#f"};
    struct bases *b = bases_new();
    for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
        CHECK(bases_get(b, str_of(urls[i])) == NULL);
        CHECK(bases_get(b, str_of(urls[i])) == NULL);
    }
    bases_free(b);
}

TEST(not_without_end)
{
    struct bases *b = bases_new();
    char url[40];
    for (int i = 0; i < 2000; i++) {
        snprintf(url, sizeof(url), "http://host-%d", i);
        CHECK((bases_get(b, str_of(url)) != NULL) == (i < 1000));
    }
    CHECK(bases_get(b, STR("http://host-7")) != NULL);
    bases_free(b);
}

TEST_MAIN(RUN(the_same_for_the_same); RUN(those_that_are_none); RUN(not_without_end);)
