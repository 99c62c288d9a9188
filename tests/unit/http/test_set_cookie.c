/* test_set_cookie -- Set-Cookie headers and their dates, taken apart. */
// SPDX-License-Identifier: MIT
#include "http/set_cookie.h"

#include "base/buf.h"

#include "../check.h"

#define NOW 1700000000.0

TEST(dates)
{
    static const struct {
        const char *text;
        double at_s; /* NAN: none */
    } cases[] = {
        {"Wed, 09 Jun 2021 10:18:14 GMT", 1623233894},
        {"Wed, 09-Jun-2021 10:18:14 GMT", 1623233894},
        {"Wednesday, 09-Jun-21 10:18:14 GMT", 1623233894},
        {"Wed Jun  9 10:18:14 2021", 1623233894},
        {"10:18:14 9 june 2021", 1623233894},
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"Thu, 1 Jan 70 0:0:0", 0},
        {"Tue, 01 Jan 69 00:00:00", 3124224000},
        {"29 Feb 2024 00:00:00", 1709164800},
        {"29 Feb 2000 00:00:00", 951782400},
        {"31 Dec 1969 23:59:59", -1},
        {"1 Jan 1601 00:00:00", -11644473600},
        {"29 Feb 2023 00:00:00", NAN},
        {"29 Feb 2100 00:00:00", NAN},
        {"31 Apr 2021 00:00:00", NAN},
        {"0 Jan 2021 00:00:00", NAN},
        {"1 Jan 1600 00:00:00", NAN},
        {"1 Jan 2021 24:00:00", NAN},
        {"1 Jan 2021 00:60:00", NAN},
        {"1 Jan 2021 00:00:60", NAN},
        {"1 Jan 2021", NAN},
        {"Jan 2021 10:00:00", NAN},
        {"1 Xxx 2021 10:00:00", NAN},
        {"12345678901234567890", NAN},
        {"", NAN},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        double at = NAN;
        bool found = set_cookie_parse_date(str_of(cases[i].text), &at);
        if (found != !isnan(cases[i].at_s) || (found && at != cases[i].at_s))
            CHECK_FAIL("'%s' gives %s %.0f", cases[i].text, found ? "" : "nothing,", at);
    }
}

TEST(takes_apart)
{
    struct set_cookie c;
    CHECK(set_cookie_parse(
        STR(" a = b=c ; Path=/x ; DOMAIN=.Example.com; Secure; HttpOnly; Max-Age=60"), NOW, &c));
    CHECK_STR(c.name, "a");
    CHECK_STR(c.value, "b=c");
    CHECK_STR(c.path, "/x");
    CHECK_STR(c.domain, "Example.com");
    CHECK(c.is_secure);
    CHECK_DOUBLE(c.expires_s, NOW + 60, 0);

    CHECK(set_cookie_parse(STR("a=\"quoted value\""), NOW, &c));
    CHECK_STR(c.value, "\"quoted value\"");
    CHECK_STR(c.path, "");
    CHECK_STR(c.domain, "");
    CHECK(!c.is_secure);
    CHECK(isinf(c.expires_s));

    CHECK(set_cookie_parse(STR("novalue"), NOW, &c));
    CHECK_STR(c.name, "");
    CHECK_STR(c.value, "novalue");
    CHECK(set_cookie_parse(STR("=novalue"), NOW, &c));
    CHECK_STR(c.name, "");
    CHECK(set_cookie_parse(STR("empty="), NOW, &c));
    CHECK_STR(c.name, "empty");
    CHECK_STR(c.value, "");
}

TEST(the_last_attribute_wins)
{
    struct set_cookie c;
    CHECK(set_cookie_parse(STR("a=b; path=/1; path=/2; domain=x.org; domain=y.org"), NOW, &c));
    CHECK_STR(c.path, "/2");
    CHECK_STR(c.domain, "y.org");
}

TEST(refuses)
{
    struct set_cookie c;
    CHECK(!set_cookie_parse(STR(""), NOW, &c));
    CHECK(!set_cookie_parse(STR(" ; path=/"), NOW, &c));
    CHECK(!set_cookie_parse(STR("="), NOW, &c));
    CHECK(!set_cookie_parse(STR("a=b\x01"), NOW, &c));
    CHECK(!set_cookie_parse(STR("a=b\nc"), NOW, &c));
    CHECK(!set_cookie_parse(STR("a=b\0c"), NOW, &c));
    CHECK(set_cookie_parse(STR("a=b\tc"), NOW, &c));
    char text[SET_COOKIE_LIMIT + 16];
    memset(text, 'x', sizeof(text));
    text[1] = '=';
    CHECK(set_cookie_parse(str_make(text, SET_COOKIE_LIMIT + 1), NOW, &c));
    CHECK(!set_cookie_parse(str_make(text, SET_COOKIE_LIMIT + 2), NOW, &c));
}

TEST(ages)
{
    static const struct {
        const char *text;
        double expires_s; /* NAN: with the session */
    } cases[] = {
        {"a=b; max-age=10", NOW + 10},
        {"a=b; max-age=0", -INFINITY},
        {"a=b; max-age=-5", -INFINITY},
        {"a=b; max-age=10x", NAN},
        {"a=b; max-age=", NAN},
        {"a=b; max-age=-", NAN},
        {"a=b; max-age=99999999999999999999", NOW + SET_COOKIE_AGE_LIMIT_DAYS * 86400.0},
        {"a=b; expires=Wed, 09 Jun 2021 10:18:14 GMT", 1623233894},
        {"a=b; max-age=10; expires=Wed, 09 Jun 2021 10:18:14 GMT", NOW + 10},
        {"a=b; expires=Wed, 09 Jun 2021 10:18:14 GMT; max-age=10", NOW + 10},
        {"a=b; expires=rubbish", NAN},
        {"a=b; expires=Sun, 01 Jan 2999 00:00:00 GMT", NOW + SET_COOKIE_AGE_LIMIT_DAYS * 86400.0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct set_cookie c;
        CHECK(set_cookie_parse(str_of(cases[i].text), NOW, &c));
        double expected = isnan(cases[i].expires_s) ? INFINITY : cases[i].expires_s;
        if (c.expires_s != expected)
            CHECK_FAIL("'%s' expires at %.0f, expected %.0f", cases[i].text, c.expires_s, expected);
    }
}

TEST(long_attributes_are_as_if_not_there)
{
    struct buf text = BUF_INIT;
    buf_add_cstr(&text, "a=b; path=/");
    buf_add_many(&text, 'x', SET_COOKIE_VALUE_LIMIT - 1);
    struct set_cookie c;
    CHECK(set_cookie_parse(buf_slice(&text), NOW, &c));
    CHECK_INT(c.path.n, SET_COOKIE_VALUE_LIMIT);
    buf_add_char(&text, 'x');
    CHECK(set_cookie_parse(buf_slice(&text), NOW, &c));
    CHECK_STR(c.path, "");
    buf_release(&text);
}

TEST_MAIN(RUN(dates); RUN(takes_apart); RUN(the_last_attribute_wins); RUN(refuses); RUN(ages);
          RUN(long_attributes_are_as_if_not_there);)
