/* test_otlp_settings -- the URL, and what OpenTelemetry's variables say. */
// SPDX-License-Identifier: MIT
#include "export/otlp_settings.h"

#include "../check.h"
#include "base/file.h"

/* NAME, VALUE, ..., NULL: what is set. */
static const char *variables[16];

static char *get(const char *name)
{
    for (size_t i = 0; variables[i] != NULL; i += 2) {
        if (strcmp(variables[i], name) == 0)
            return (char *)variables[i + 1];
    }
    return NULL;
}

static void set(const char *const *pairs)
{
    size_t n = 0;
    for (; pairs[n] != NULL; n++)
        variables[n] = pairs[n];
    variables[n] = NULL;
}

#define SET(...) set((const char *const[]){__VA_ARGS__, NULL})

static const char *value_of(const struct otlp_settings *s, const char *key)
{
    for (size_t i = 0; i < s->n_resource; i++) {
        if (strcmp(s->resource[i].key, key) == 0)
            return s->resource[i].value;
    }
    return NULL;
}

TEST(a_url_without_a_path_has_the_one_of_metrics)
{
    static const char *const cases[][2] = {
        {"http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/metrics"},
        {"http://127.0.0.1:4318/", "http://127.0.0.1:4318/v1/metrics"},
        {"https://u:p@h.org/?key=1", "https://u:p@h.org/v1/metrics?key=1"},
        {"https://h.org?key=1", "https://h.org/v1/metrics?key=1"},
        {"http://[::1]:4318", "http://[::1]:4318/v1/metrics"},
        {"http://h.org/otlp/v1/metrics", "http://h.org/otlp/v1/metrics"},
        {"http://h.org/x", "http://h.org/x"},
    };
    SET(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct otlp_settings s;
        struct err err = ERR_INIT;
        CHECK_INT(otlp_settings_read(&s, str_of(cases[i][0]), 10, get, &err), 0);
        CHECK_TEXT(s.url, cases[i][1]);
        otlp_settings_release(&s);
    }
}

TEST(what_is_no_url_is_refused)
{
    static const char *const cases[] = {"", "4318", "localhost:4318", "ftp://h.org", "http://"};
    SET(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct otlp_settings s;
        struct err err = ERR_INIT;
        CHECK_INT(otlp_settings_read(&s, str_of(cases[i]), 10, get, &err), -1);
        CHECK(err_is_set(&err));
    }
}

TEST(a_run_says_what_it_is)
{
    struct otlp_settings s, other;
    struct err err = ERR_INIT;
    SET("OTEL_SERVICE_NAME", "");
    CHECK_INT(otlp_settings_read(&s, STR("http://h"), 10, get, &err), 0);
    CHECK_INT(otlp_settings_read(&other, STR("http://h"), 10, get, &err), 0);
    CHECK_TEXT(value_of(&s, "service.name"), "katydid");
    CHECK_TEXT(value_of(&s, "service.version"), KATYDID_VERSION);
    CHECK_INT(strlen(value_of(&s, "service.instance.id")), 36);
    CHECK_INT(value_of(&s, "service.instance.id")[14], '4');
    CHECK(strcmp(value_of(&s, "service.instance.id"), value_of(&other, "service.instance.id")) !=
          0);
    otlp_settings_release(&s);
    otlp_settings_release(&other);
}

TEST(variables_say_the_rest)
{
    struct otlp_settings s;
    struct err err = ERR_INIT;
    struct str value;
    SET("OTEL_SERVICE_NAME", "shop", "OTEL_RESOURCE_ATTRIBUTES",
        "service.name=other, team=a%2Cb ,service.instance.id=7,", "OTEL_EXPORTER_OTLP_HEADERS",
        "Authorization=Basic%20dTpw, x-b=1=2");
    CHECK_INT(otlp_settings_read(&s, STR("http://h"), 10, get, &err), 0);
    CHECK_TEXT(value_of(&s, "service.name"), "shop");
    CHECK_TEXT(value_of(&s, "team"), "a,b");
    CHECK_TEXT(value_of(&s, "service.instance.id"), "7");
    CHECK(http_headers_get(&s.headers, STR("authorization"), &value));
    CHECK_STR(value, "Basic dTpw");
    CHECK(http_headers_get(&s.headers, STR("x-b"), &value));
    CHECK_STR(value, "1=2");
    otlp_settings_release(&s);
}

TEST(variables_of_metrics_come_first)
{
    struct otlp_settings s;
    struct err err = ERR_INIT;
    SET("OTEL_EXPORTER_OTLP_HEADERS", "a=1", "OTEL_EXPORTER_OTLP_METRICS_HEADERS", "b=2",
        "OTEL_EXPORTER_OTLP_CERTIFICATE", "Makefile");
    CHECK_INT(otlp_settings_read(&s, STR("http://h"), 10, get, &err), 0);
    CHECK(http_headers_has(&s.headers, STR("b")) && !http_headers_has(&s.headers, STR("a")));
    CHECK_TEXT(s.ca_file, "Makefile");
    otlp_settings_release(&s);
}

TEST(what_is_wrong_names_its_variable_and_no_secret)
{
    static const char *const cases[][3] = {
        {"OTEL_EXPORTER_OTLP_HEADERS", "api-key:s3cret", "expected KEY=VALUE"},
        {"OTEL_EXPORTER_OTLP_HEADERS", "=s3cret", "expected KEY=VALUE"},
        {"OTEL_EXPORTER_OTLP_HEADERS", "api key=s3cret", "'api key' can't be sent"},
        {"OTEL_EXPORTER_OTLP_METRICS_HEADERS", "k=s3cret%0d%0ax:1", "'k' can't be sent"},
        {"OTEL_RESOURCE_ATTRIBUTES", "s3cret", "expected KEY=VALUE"},
        {"OTEL_EXPORTER_OTLP_CERTIFICATE", "no/such/file.pem", "there is no file"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct otlp_settings s;
        struct err err = ERR_INIT;
        SET(cases[i][0], cases[i][1]);
        CHECK_INT(otlp_settings_read(&s, STR("http://h"), 10, get, &err), -1);
        CHECK(strncmp(err.text, cases[i][0], strlen(cases[i][0])) == 0);
        CHECK(strstr(err.text, cases[i][2]) != NULL);
        CHECK(strstr(err.text, "s3cret") == NULL);
    }
}

TEST_MAIN(RUN(a_url_without_a_path_has_the_one_of_metrics); RUN(what_is_no_url_is_refused);
          RUN(a_run_says_what_it_is); RUN(variables_say_the_rest);
          RUN(variables_of_metrics_come_first);
          RUN(what_is_wrong_names_its_variable_and_no_secret);)
