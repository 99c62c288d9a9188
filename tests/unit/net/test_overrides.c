/* test_overrides -- addresses of hosts that are given beforehand. */
// SPDX-License-Identifier: MIT
#include "net/overrides.h"

#include "../check.h"

static int add(struct overrides *o, const char *rule)
{
    struct err err = ERR_INIT;
    int rc = overrides_add(o, str_of(rule), &err);
    if (rc < 0)
        printf("%s\n", err.text);
    return rc;
}

/* "192.0.2.1 ::1"; "": there is no rule. */
static const char *found(const struct overrides *o, const char *host, uint16_t port)
{
    static char text[1000];
    size_t n = 0, at = 0;
    const char *const *all = overrides_find(o, str_of(host), port, &n);
    text[0] = '\0';
    for (size_t i = 0; all != NULL && i < n; i++)
        at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s", i > 0 ? " " : "", all[i]);
    return text;
}

TEST(rules)
{
    struct overrides *o = overrides_new();
    CHECK_TEXT(found(NULL, "h", 80), "");
    CHECK_TEXT(found(o, "h", 80), "");
    CHECK_INT(add(o, "Shop.Example:80:192.0.2.1"), 0);
    CHECK_INT(add(o, "shop.example:443:[2001:db8::1],192.0.2.2,2001:db8::2"), 0);
    CHECK_INT(add(o, "My_host:80:192.0.2.5"), 0);
    CHECK_TEXT(found(o, "my_Host", 80), "192.0.2.5");
    CHECK_INT(add(o, "127.0.0.1:80:192.0.2.3"), 0);
    CHECK_INT(add(o, "b\u00fccher.example.:80:192.0.2.4"), 0);
    CHECK_TEXT(found(o, "shop.example", 80), "192.0.2.1");
    CHECK_TEXT(found(o, "SHOP.EXAMPLE.", 80), "192.0.2.1");
    CHECK_TEXT(found(o, "shop.example", 443), "2001:db8::1 192.0.2.2 2001:db8::2");
    CHECK_TEXT(found(o, "shop.example", 81), "");
    CHECK_TEXT(found(o, "127.0.0.1", 80), "192.0.2.3");
    CHECK_TEXT(found(o, "xn--bcher-kva.example", 80), "192.0.2.4");
    CHECK_INT(add(o, "shop.example:80:192.0.2.9"), 0); // the last one holds
    CHECK_TEXT(found(o, "shop.example", 80), "192.0.2.9");
    overrides_free(o);
    overrides_free(NULL);
}

TEST(a_star_is_for_all_others)
{
    struct overrides *o = overrides_new();
    CHECK_INT(add(o, "*:80:192.0.2.1"), 0);
    CHECK_INT(add(o, "h:80:192.0.2.2"), 0);
    CHECK_TEXT(found(o, "h", 80), "192.0.2.2");
    CHECK_TEXT(found(o, "other", 80), "192.0.2.1");
    CHECK_TEXT(found(o, "other", 81), "");
    overrides_free(o);
}

TEST(refuses)
{
    static const char *const cases[][2] = {
        {"", "expected HOST:PORT:ADDRESS[,ADDRESS...], got ''"},
        {"h", "expected HOST:PORT:ADDRESS[,ADDRESS...], got 'h'"},
        {"h:80", "expected HOST:PORT:ADDRESS[,ADDRESS...], got 'h:80'"},
        {"h:80:", "expected HOST:PORT:ADDRESS[,ADDRESS...], got 'h:80:'"},
        {":80:192.0.2.1", "expected HOST:PORT:ADDRESS[,ADDRESS...], got ':80:192.0.2.1'"},
        {"h:0:192.0.2.1", "expected a port from 1 to 65535 behind HOST:, got 'h:0:192.0.2.1'"},
        {"h:x:192.0.2.1", "expected a port from 1 to 65535 behind HOST:, got 'h:x:192.0.2.1'"},
        {"h:80:g", "expected IPv4 or IPv6 addresses behind HOST:PORT:, got 'h:80:g'"},
        {"h:80:192.0.2.1,",
         "expected IPv4 or IPv6 addresses behind HOST:PORT:, got 'h:80:192.0.2.1,'"},
        {"h:80:192.0.2.1,,192.0.2.2",
         "expected IPv4 or IPv6 addresses behind HOST:PORT:, got 'h:80:192.0.2.1,,192.0.2.2'"},
        {"+h:80:192.0.2.1", "expected no + or - before HOST: an address holds for the whole run, "
                            "got '+h:80:192.0.2.1'"},
        {"-h:80",
         "expected no + or - before HOST: an address holds for the whole run, got '-h:80'"},
        {"[::1]:80:192.0.2.1",
         "expected a name, an IPv4 address or * as HOST, got '[::1]:80:192.0.2.1'"},
        {"\xff:80:192.0.2.1",
         "expected a name, an IPv4 address or * as HOST, got '\xff:80:192.0.2.1'"},
    };
    struct overrides *o = overrides_new();
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct err err = ERR_INIT;
        CHECK_INT(overrides_add(o, str_of(cases[i][0]), &err), -1);
        CHECK_TEXT(err.text, cases[i][1]);
    }
    CHECK_TEXT(found(o, "h", 80), "");
    overrides_free(o);
}

TEST(so_many_addresses)
{
    struct overrides *o = overrides_new();
    struct err err = ERR_INIT;
    char rule[500] = "h:80:192.0.2.1";
    size_t at = strlen(rule);
    for (int i = 1; i < OVERRIDE_ADDRESSES_MAX; i++)
        at += (size_t)snprintf(rule + at, sizeof(rule) - at, ",192.0.2.%d", i + 1);
    CHECK_INT(overrides_add(o, str_of(rule), &err), 0);
    snprintf(rule + at, sizeof(rule) - at, ",192.0.2.99");
    CHECK_INT(overrides_add(o, str_of(rule), &err), -1);
    CHECK(strstr(err.text, "expected at most 16 addresses, got 'h:80:") == err.text);
    overrides_free(o);
}

TEST_MAIN(RUN(rules); RUN(a_star_is_for_all_others); RUN(refuses); RUN(so_many_addresses);)
