/* test_idn -- host names with letters beyond ASCII. */
// SPDX-License-Identifier: MIT
#include "net/idn.h"

#include "../check.h"

TEST(names_in_ascii)
{
    static const char *const cases[][2] = {
        {"h.org", "h.org"},
        {"H.Org.", "h.org."},
        {"b\u00fccher.example", "xn--bcher-kva.example"},
        {"B\u00dcCHER.example", "xn--bcher-kva.example"},
        {"www.m\u00fcnchen.de", "www.xn--mnchen-3ya.de"},
        {"\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444", "xn--e1afmkfd.xn--p1ai"},
        {"\u041f\u0420\u0418\u041c\u0415\u0420.\u0420\u0424", "xn--e1afmkfd.xn--p1ai"},
        {"\u4f8b\u3048.\u30c6\u30b9\u30c8", "xn--r8jz45g.xn--zckzah"},
        {"\u4f8b\u3048\u3002jp", "xn--r8jz45g.jp"},
        // After RFC 3492 7.1: (A) Arabic, without its question mark, which no name may hold; (L) Japanese
        {"\u0644\u064a\u0647\u0645\u0627\u0628\u062a\u0643\u0644\u0645\u0648\u0634\u0639\u0631"
         "\u0628"
         "\u064a",
         "xn--mgbcah9ar9a4efegftvvn"},
        {"3\u5e74b\u7d44\u91d1\u516b\u5148\u751f", "xn--3b-ww4c5e180e575a65lsy2b"},
        {"fa\u00df.de", "xn--fa-hia.de"},
        {"\u0141\u00f3d\u017a.pl", "xn--d-uga0v4h.pl"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf out = BUF_INIT;
        buf_add_cstr(&out, "//");
        struct str host = str_of(cases[i][0]);
        CHECK_INT(idn_add_host(&out, host), 0);
        CHECK_TEXT(buf_cstr(&out) + 2, cases[i][1]);
        buf_release(&out);
    }
}

TEST(refuses)
{
    static const char *const cases[] = {
        "\xff.org", "a\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82.org"};
    struct buf out = BUF_INIT;
    buf_add_cstr(&out, "kept");
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        CHECK_INT(idn_add_host(&out, str_of(cases[i])), -1);
        CHECK_TEXT(buf_cstr(&out), "kept");
    }
    struct buf label = BUF_INIT;
    buf_add_many(&label, 'a', 64);
    CHECK_INT(idn_add_host(&out, buf_slice(&label)), -1);
    buf_truncate(&label, 57);
    buf_add_cstr(&label, "\u00fc");
    CHECK_INT(idn_add_host(&out, buf_slice(&label)), -1);
    CHECK_TEXT(buf_cstr(&out), "kept");
    buf_release(&label);
    buf_release(&out);
}

TEST(only_where_it_is_needed)
{
    struct buf room = BUF_INIT;
    struct str host = STR("My_Host.");
    CHECK_INT(idn_host(&host, &room), 0);
    CHECK_STR(host, "My_Host.");
    CHECK_INT(room.n, 0);
    host = STR("b\u00fccher.example");
    CHECK_INT(idn_host(&host, &room), 0);
    CHECK_STR(host, "xn--bcher-kva.example");
    CHECK(host.p == room.p);
    host = STR("\xff");
    CHECK_INT(idn_host(&host, &room), -1);
    CHECK_STR(host, "\xff");
    buf_release(&room);
}

TEST_MAIN(RUN(names_in_ascii); RUN(only_where_it_is_needed); RUN(refuses);)
