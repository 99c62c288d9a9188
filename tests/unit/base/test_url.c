/* test_url -- the parts of a URL, and what can be done with them. */
// SPDX-License-Identifier: MIT
#include "base/url.h"

#include "../check.h"

TEST(all_parts)
{
    struct url u;
    struct err err = ERR_INIT;
    CHECK_INT(url_parse(&u, STR("https://joe:s3:cret@shop.example:8443/a/b?x=1&y=?#top#"), &err),
              0);
    CHECK_STR(u.scheme, "https");
    CHECK(u.has_user && u.has_password);
    CHECK_STR(u.user, "joe");
    CHECK_STR(u.password, "s3:cret");
    CHECK_STR(u.host, "shop.example");
    CHECK(!u.host_is_ipv6);
    CHECK(u.has_port);
    CHECK_INT(u.port, 8443);
    CHECK_STR(u.path, "/a/b");
    CHECK(u.has_query && u.has_fragment);
    CHECK_STR(u.query, "x=1&y=?");
    CHECK_STR(u.fragment, "top#");
}

TEST(least_parts)
{
    struct url u;
    struct err err = ERR_INIT;
    CHECK_INT(url_parse(&u, STR("HTTP://h"), &err), 0);
    CHECK_STR(u.scheme, "HTTP");
    CHECK(!u.has_user && !u.has_password && !u.has_port && !u.has_query && !u.has_fragment);
    CHECK_STR(u.host, "h");
    CHECK_INT(u.port, 80);
    CHECK_STR(u.path, "");
    CHECK_INT(url_parse(&u, STR("https://h:/?#"), &err), 0);
    CHECK_INT(u.port, 443);
    CHECK(!u.has_port);
    CHECK(u.has_query && u.has_fragment);
    CHECK_STR(u.query, "");
    CHECK_STR(u.fragment, "");
    CHECK_INT(url_parse(&u, STR("http://h?q"), &err), 0);
    CHECK_STR(u.host, "h");
    CHECK_STR(u.path, "");
    CHECK_STR(u.query, "q");
}

TEST(credentials)
{
    struct url u;
    struct err err = ERR_INIT;
    CHECK_INT(url_parse(&u, STR("http://joe@h/"), &err), 0);
    CHECK(u.has_user && !u.has_password);
    CHECK_STR(u.user, "joe");
    CHECK_STR(u.password, "");
    CHECK_INT(url_parse(&u, STR("http://a@b:c@d@h/x@y:z"), &err), 0);
    CHECK_STR(u.user, "a@b");
    CHECK_STR(u.password, "c@d");
    CHECK_STR(u.host, "h");
    CHECK_STR(u.path, "/x@y:z");
    CHECK_INT(url_parse(&u, STR("http://:@h/"), &err), 0);
    CHECK(u.has_user && u.has_password);
    CHECK_STR(u.user, "");
}

TEST(ipv6_hosts)
{
    struct url u;
    struct err err = ERR_INIT;
    CHECK_INT(url_parse(&u, STR("http://[::1]:8080/x"), &err), 0);
    CHECK_STR(u.host, "::1");
    CHECK(u.host_is_ipv6);
    CHECK_INT(u.port, 8080);
    CHECK_INT(url_parse(&u, STR("http://joe:pw@[fe80::1%25eth0]"), &err), 0);
    CHECK_STR(u.host, "fe80::1%25eth0");
    CHECK_STR(u.password, "pw");
    CHECK_INT(u.port, 80);
    CHECK_INT(url_parse(&u, STR("http://[::ffff:10.0.0.1]/"), &err), 0);
    CHECK_STR(u.host, "::ffff:10.0.0.1");
}

TEST(unix_sockets)
{
    struct buf text = BUF_INIT;
    struct url u;
    struct err err = ERR_INIT;
    CHECK_INT(url_parse(&u, STR("http+unix://joe:pw@%2Ftmp%2Fa.sock/b/c?d=e#f"), &err), 0);
    CHECK(u.is_unix && u.has_user && !u.has_port && !u.host_is_ipv6);
    CHECK_STR(u.scheme, "http+unix");
    CHECK_STR(u.host, "%2Ftmp%2Fa.sock");
    CHECK_INT(u.port, 0);
    CHECK_STR(u.path, "/b/c");
    CHECK_STR(u.query, "d=e");
    CHECK_INT(url_parse(&u, STR("http://h"), &err), 0);
    CHECK(!u.is_unix);
    buf_add_cstr(&text, "http+unix://");
    for (int i = 0; i < URL_SOCKET_PATH_LIMIT; i++)
        buf_add_cstr(&text, i == 0 ? "%2F" : "%61");
    CHECK_INT(url_parse(&u, buf_slice(&text), &err), 0);
    buf_add_char(&text, 'a');
    CHECK_INT(url_parse(&u, buf_slice(&text), &err), -1);
    CHECK(strncmp(err.text, "expected a socket's path of at most 107 bytes in ", 49) == 0);
    buf_release(&text);
}

TEST(blanks_and_foreign_letters_in_a_path_are_left)
{
    struct url u;
    struct err err = ERR_INIT;
    CHECK_INT(url_parse(&u,
                        STR("http://b\xc3\xbc"
                            "cher.example/The Film?q=a b"),
                        &err),
              0);
    CHECK_STR(u.path, "/The Film");
    CHECK_STR(u.query, "q=a b");
    CHECK_STR(u.host, "b\xc3\xbc"
                      "cher.example");
}

TEST(refuses)
{
    static const struct {
        const char *text, *error;
    } bad[] = {
        {"", "expected http://, https:// or http+unix:// at the beginning in ''"},
        {"shop.example/x",
         "expected http://, https:// or http+unix:// at the beginning in 'shop.example/x'"},
        {"ftp://h/", "expected http://, https:// or http+unix:// at the beginning in 'ftp://h/'"},
        {"http:/h", "expected http://, https:// or http+unix:// at the beginning in 'http:/h'"},
        {"http:h", "expected http://, https:// or http+unix:// at the beginning in 'http:h'"},
        {"localhost:80",
         "expected http://, https:// or http+unix:// at the beginning in 'localhost:80'"},
        {"http://", "expected a host in 'http://'"},
        {"http:///x", "expected a host in 'http:///x'"},
        {"http://:80/", "expected a host in 'http://:80/'"},
        {"http://joe@/", "expected a host in 'http://***@/'"},
        {"http://h:0/", "expected a port from 1 to 65535 in 'http://h:0/'"},
        {"http://h:65536/", "expected a port from 1 to 65535 in 'http://h:65536/'"},
        {"http://h:8x/", "expected a port from 1 to 65535 in 'http://h:8x/'"},
        {"http://h:99999999999999999999/",
         "expected a port from 1 to 65535 in 'http://h:99999999999999999999/'"},
        {"http://::1/", "expected a port from 1 to 65535 in 'http://::1/'"},
        {"http://[::1/", "expected an IPv6 address in brackets as host in 'http://[::1/'"},
        {"http://[x]/", "expected an IPv6 address in brackets as host in 'http://[x]/'"},
        {"http://[]/", "expected an IPv6 address in brackets as host in 'http://[]/'"},
        {"http://[::1]80/", "expected an IPv6 address in brackets as host in 'http://[::1]80/'"},
        {"http://a b/", "expected a host without blanks, quotes and brackets in 'http://a b/'"},
        {"http+unix:///tmp/a", "expected a socket's path with %2F for '/', as in "
                               "http+unix://%2Frun%2Fapp.sock/login, in 'http+unix:///tmp/a'"},
        {"http+unix://u:p@%2Fa:80/",
         "expected a socket's path with %2F for '/', as in http+unix://%2Frun%2Fapp.sock/login, in "
         "'http+unix://u:***@%2Fa:80/'"},
        {"http+unix://%2Ftmp%00/",
         "expected a socket's path without a zero byte in 'http+unix://%2Ftmp%00/'"},
        {"http+unix://a b/",
         "expected a host without blanks, quotes and brackets in 'http+unix://a b/'"},
        {"http://h/a\nb", "expected a URL without control characters in 'http://h/a\\nb'"},
        {"http://h/\x7f", "expected a URL without control characters in 'http://h/\\x7f'"},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct url u;
        struct err err = ERR_INIT;
        CHECK_INT(url_parse(&u, str_of(bad[i].text), &err), -1);
        CHECK_TEXT(err.text, bad[i].error);
    }
}

TEST(errors_hide_the_password_and_are_short)
{
    struct url u;
    struct err err = ERR_INIT;
    CHECK_INT(url_parse(&u, STR("http://joe:s3cret@h:x/"), &err), -1);
    CHECK_TEXT(err.text, "expected a port from 1 to 65535 in 'http://joe:***@h:x/'");
    static char text[URL_LIMIT + 1];
    memset(text, 'a', sizeof(text));
    memcpy(text, "http://h/", 9);
    err_clear(&err);
    CHECK_INT(url_parse(&u, str_make(text, URL_LIMIT), &err), 0);
    CHECK_INT(url_parse(&u, str_make(text, URL_LIMIT + 1), &err), -1);
    CHECK(strlen(err.text) < 300);
    CHECK(strncmp(err.text, "expected a URL of at most 65536 bytes in 'http://h/aaa", 54) == 0);
}

TEST(resolves_as_the_standard_shows)
{
    // RFC 3986, 5.4.1 and 5.4.2.
    static const char *const known[][2] = {
        {"g:h", "g:h"},
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q#s"},
        {"g#s", "http://a/b/c/g#s"},
        {"g?y#s", "http://a/b/c/g?y#s"},
        {";x", "http://a/b/c/;x"},
        {"g;x", "http://a/b/c/g;x"},
        {"g;x?y#s", "http://a/b/c/g;x?y#s"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"../../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {".g", "http://a/b/c/.g"},
        {"g..", "http://a/b/c/g.."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
        {"g;x=1/../y", "http://a/b/c/y"},
        {"g?y/./x", "http://a/b/c/g?y/./x"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
        {"g#s/./x", "http://a/b/c/g#s/./x"},
        {"g#s/../x", "http://a/b/c/g#s/../x"},
        {"http:g", "http:g"},
    };
    struct buf out = BUF_INIT;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        struct err err = ERR_INIT;
        buf_clear(&out);
        CHECK_INT(url_resolve(&out, STR("http://a/b/c/d;p?q"), str_of(known[i][0]), &err), 0);
        CHECK_TEXT(buf_cstr(&out), known[i][1]);
    }
    buf_release(&out);
}

TEST(resolves_at_the_edges)
{
    static const char *const known[][3] = {
        {"http://h", "x", "http://h/x"},
        {"http://h", "", "http://h"},
        {"http://h?q", "x", "http://h/x"},
        {"http://h", "?y", "http://h?y"},
        {"http://h/a//b/", "../c", "http://h/a//c"},
        {"http://h/a//", "../..", "http://h/"},
        {"http://joe:pw@h:81/a", "/b", "http://h:81/b"},
        {"http://joe:pw@h/a", "//ann:x@g/b", "http://ann:x@g/b"},
        {"http://joe:pw@h/a", "", "http://h/a"},
        {"http://h/a", "https://g/b/../c", "https://g/c"},
        {"http://[::1]:81/a", "b?c", "http://[::1]:81/b?c"},
        {"http://h/a#old", "?n#new", "http://h/a?n#new"},
        {"http://h/a", "/b c", "http://h/b c"},
        {"http://h/a/b", "c:d/e", "c:d/e"},
        {"http://h/a/b", "./c:d/e", "http://h/a/c:d/e"},
        // Found by fuzzing: a path does not become a host.
        {"http://h/a", "http:/.//g/b", "http:/.//g/b"},
        {"http://h/a", "http:/b/..//g", "http:/.//g"},
    };
    struct buf out = BUF_INIT;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        struct err err = ERR_INIT;
        buf_clear(&out);
        CHECK_INT(url_resolve(&out, str_of(known[i][0]), str_of(known[i][1]), &err), 0);
        CHECK_TEXT(buf_cstr(&out), known[i][2]);
    }
    buf_release(&out);
}

TEST(resolving_fails_cleanly)
{
    static char text[URL_LIMIT];
    struct err err = ERR_INIT;
    struct buf out = BUF_INIT;
    buf_add_cstr(&out, "kept");
    CHECK_INT(url_resolve(&out, STR("/a"), STR("b"), &err), -1);
    CHECK_TEXT(err.text, "expected http://, https:// or http+unix:// at the beginning in '/a'");
    err_clear(&err);
    CHECK_INT(url_resolve(&out, STR("http://h"), STR("b\r\nX: y"), &err), -1);
    CHECK_TEXT(err.text, "expected a URL without control characters in 'b\\r\\nX: y'");
    err_clear(&err);
    memset(text, 'a', sizeof(text));
    CHECK_INT(url_resolve(&out, STR("http://h/"), str_make(text, sizeof(text)), &err), -1);
    CHECK(strncmp(err.text, "expected a URL of at most 65536 bytes in 'aaa", 45) == 0);
    CHECK_TEXT(buf_cstr(&out), "kept");
    buf_release(&out);
}

typedef void transform(struct buf *out, struct str text);

static bool gives(transform *f, struct str text, const char *expected)
{
    struct buf out = BUF_INIT;
    f(&out, text);
    bool same = str_equal(buf_slice(&out), str_of(expected));
    if (!same)
        printf("'%.*s' gave '%s', expected '%s'\n", STR_ARG(text), buf_cstr(&out), expected);
    buf_release(&out);
    return same;
}

TEST(requotes)
{
    CHECK(gives(url_requote, STR("/The Film?q=a b"), "/The%20Film?q=a%20b"));
    CHECK(gives(url_requote, STR("/a%20b%2f%C3%A9"), "/a%20b%2f%C3%A9"));
    CHECK(gives(url_requote, STR("/100%/%4/%zz%"), "/100%25/%254/%25zz%25"));
    CHECK(gives(url_requote, STR("/\xc3\xa9"), "/%C3%A9"));
    CHECK(gives(url_requote, STR("/\"<>\\^`{|}#"), "/%22%3C%3E%5C%5E%60%7B%7C%7D%23"));
    CHECK(gives(url_requote, STR("/!$&'()*+,;=:@[]-._~/?"), "/!$&'()*+,;=:@[]-._~/?"));
    CHECK(gives(url_requote, str_make("\0\x7f", 2), "%00%7F"));
}

static void encode(struct buf *out, struct str text)
{
    url_encode(out, text, false);
}

static void encode_form(struct buf *out, struct str text)
{
    url_encode(out, text, true);
}

TEST(encodes_components)
{
    CHECK(gives(encode, STR("a b&c=d/e?f+g%"), "a%20b%26c%3Dd%2Fe%3Ff%2Bg%25"));
    CHECK(gives(encode_form, STR("a b+\xc3\xa9"), "a+b%2B%C3%A9"));
    CHECK(gives(encode, STR("AZaz09-._~"), "AZaz09-._~"));
    CHECK(gives(encode, STR(""), ""));
}

TEST(decodes_components)
{
    CHECK(gives(url_decode, STR("a%20b%2Fc%c3%A9"), "a b/c\xc3\xa9"));
    CHECK(gives(url_decode, STR("100%"), "100%"));
    CHECK(gives(url_decode, STR("%4"), "%4"));
    CHECK(gives(url_decode, STR("%zz%41%"), "%zzA%"));
    CHECK(gives(url_decode, STR("%2541"), "%41"));
    CHECK(gives(url_decode, STR("a+b"), "a+b"));
}

static bool same_origin(const char *a, const char *b)
{
    struct url x, y;
    struct err err = ERR_INIT;
    return url_parse(&x, str_of(a), &err) == 0 && url_parse(&y, str_of(b), &err) == 0 &&
           url_same_origin(&x, &y);
}

TEST(origins)
{
    CHECK(same_origin("http://h/a", "HTTP://joe@H:80/b?c"));
    CHECK(same_origin("https://h:443", "https://h"));
    CHECK(!same_origin("http://h", "https://h"));
    CHECK(!same_origin("http://h", "http://h:81"));
    CHECK(!same_origin("http://h", "http://g"));
    CHECK(!same_origin("http://h:443", "https://h"));
    CHECK(same_origin("http+unix://%2Ftmp%2fa/b", "HTTP+UNIX://%2ftmp%2F%61"));
    CHECK(!same_origin("http+unix://%2Ftmp%2Fa", "http+unix://%2Ftmp%2FA"));
    CHECK(!same_origin("http+unix://h", "http://h"));
}

TEST(masks_passwords)
{
    CHECK(gives(url_mask, STR("http://joe:s3cret@h/x"), "http://joe:***@h/x"));
    CHECK(gives(url_mask, STR("http://joe:a@b:c@h/x"), "http://joe:***@h/x"));
    CHECK(gives(url_mask, STR("http://t0ken@h/x:y@z"), "http://***@h/x:y@z"));
    CHECK(gives(url_mask, STR("t0ken@h"), "***@h"));
    CHECK(gives(url_mask, STR("http://h:80/x@y"), "http://h:80/x@y"));
    CHECK(gives(url_mask, STR("http://[::1]:80/x@y"), "http://[::1]:80/x@y"));
    CHECK(gives(url_mask, STR("ftp://joe:pw@h"), "ftp://joe:***@h"));
    CHECK(gives(url_mask, STR("//joe:pw@h/x"), "//joe:***@h/x"));
    CHECK(gives(url_mask, STR("joe:pw@h/x"), "joe:***@h/x"));
    CHECK(gives(url_mask, STR("/path"), "/path"));
    CHECK(gives(url_mask, STR(""), ""));
    // A password that should have been encoded is hidden all the same.
    CHECK(gives(url_mask, STR("http://joe:p/w@h/x"), "http://joe:***@h/x"));
    CHECK(gives(url_mask, STR("http://joe:p?#w@h/x"), "http://joe:***@h/x"));
}

TEST_MAIN(RUN(all_parts); RUN(least_parts); RUN(credentials); RUN(ipv6_hosts); RUN(unix_sockets);
          RUN(blanks_and_foreign_letters_in_a_path_are_left); RUN(refuses);
          RUN(errors_hide_the_password_and_are_short); RUN(resolves_as_the_standard_shows);
          RUN(resolves_at_the_edges); RUN(resolving_fails_cleanly); RUN(requotes);
          RUN(encodes_components); RUN(decodes_components); RUN(origins); RUN(masks_passwords);)
