/* test_threshold_text -- each form of a threshold, and each mistake. */
// SPDX-License-Identifier: MIT
#include "run/threshold_text.h"

#include "../check.h"

#include "base/buf.h"

/* What was read, or the error: "p95|GET /items|<|300|ms|for 10|abort". */
static const char *read_as(const char *text)
{
    static const char *const units[] = {"", "ms", "ratio", "/s"};
    static const char *const parts[] = {"", "!count", "!rate", "!value"};
    static char shown[4096];
    struct threshold t;
    struct err err = ERR_INIT;

    if (threshold_parse(&t, str_of(text), &err) < 0)
        return snprintf(shown, sizeof shown, "%s", err.text), shown;
    int n =
        snprintf(shown, sizeof shown, "%s%s|%s|%s|%.10g|%s", t.metric_name,
                 t.metric == THRESHOLD_CUSTOM && t.part == THRESHOLD_OWN ? "!" : parts[t.part],
                 t.entry != NULL ? t.entry : "-", threshold_op_text(t.op), t.limit, units[t.unit]);
    if (t.window_s > 0)
        n += snprintf(shown + n, sizeof shown - (size_t)n, "|for %u", t.window_s);
    if (t.aborts)
        snprintf(shown + n, sizeof shown - (size_t)n, "|abort");
    threshold_release(&t);
    return shown;
}

TEST(every_metric)
{
    CHECK_TEXT(read_as("p50 < 300ms"), "p50|-|<|300|ms");
    CHECK_TEXT(read_as("p99.99 < 300"), "p99.99|-|<|300|ms");
    CHECK_TEXT(read_as("p(99.9)<300"), "p99.9|-|<|300|ms");
    CHECK_TEXT(read_as("avg < 1s"), "avg|-|<|1000|ms");
    CHECK_TEXT(read_as("min > 10us"), "min|-|>|0.01|ms");
    CHECK_TEXT(read_as("max <= 1m"), "max|-|<=|60000|ms");
    CHECK_TEXT(read_as("median < 1.5s"), "median|-|<|1500|ms");
    CHECK_TEXT(read_as("med < 2"), "median|-|<|2|ms");
    CHECK_TEXT(read_as("rps >= 100/s"), "rps|-|>=|100|/s");
    CHECK_TEXT(read_as("rps > 99.5"), "rps|-|>|99.5|/s");
    CHECK_TEXT(read_as("requests >= 1e3"), "requests|-|>=|1000|");
    CHECK_TEXT(read_as("failures == 0"), "failures|-|==|0|");
    CHECK_TEXT(read_as("fail_ratio < 1%"), "fail_ratio|-|<|0.01|ratio");
    CHECK_TEXT(read_as("fail_ratio < 0.01"), "fail_ratio|-|<|0.01|ratio");
    CHECK_TEXT(read_as("exceptions != 3"), "exceptions|-|!=|3|");
    CHECK_TEXT(read_as("check_ratio of status is 200 > 99 %"),
               "check_ratio|status is 200|>|0.99|ratio");
}

TEST(entries)
{
    CHECK_TEXT(read_as("p95 of GET /items/[id] < 300ms"), "p95|GET /items/[id]|<|300|ms");
    CHECK_TEXT(read_as("p95 of * < 300ms"), "p95|*|<|300|ms");
    CHECK_TEXT(read_as(" p95  of\t/a b  <300ms "), "p95|/a b|<|300|ms");
    CHECK_TEXT(read_as("p95 of /search?q=1 < 3"), "p95|/search?q=1|<|3|ms");
    CHECK_TEXT(read_as("p95 of http://x:80/a < 3"), "p95|http://x:80/a|<|3|ms");
    CHECK_TEXT(read_as("p95 of \"GET /a?x==1\" < 3"), "p95|GET /a?x==1|<|3|ms");
    CHECK_TEXT(read_as("p95 of \"look for \"\"it\"\" < 3\" < 4"), "p95|look for \"it\" < 3|<|4|ms");
    CHECK_TEXT(read_as("p95 of /a\"b < 4"), "p95|/a\"b|<|4|ms");
    CHECK_TEXT(read_as("p95 of of < 4"), "p95|of|<|4|ms");
}

TEST(windows_and_abort)
{
    CHECK_TEXT(read_as("p95 < 300ms for 10s"), "p95|-|<|300|ms|for 10");
    CHECK_TEXT(read_as("p95 < 300 ms for 1m30s abort"), "p95|-|<|300|ms|for 90|abort");
    CHECK_TEXT(read_as("rps>5/s for 10"), "rps|-|>|5|/s|for 10");
    CHECK_TEXT(read_as("fail_ratio < 5% abort"), "fail_ratio|-|<|0.05|ratio|abort");
    CHECK_TEXT(read_as("failures < 5 abort"), "failures|-|<|5||abort");
    CHECK_TEXT(read_as("requests > 5 for 1s abort"), "requests|-|>|5||for 1|abort");
}

TEST(custom_metrics)
{
    CHECK_TEXT(read_as("orders > 100"), "orders!|-|>|100|");
    CHECK_TEXT(read_as("\"stock left\" >= -1.5"), "stock left!|-|>=|-1.5|");
    CHECK_TEXT(read_as("queue < 2s"), "queue!|-|<|2000|ms");
    CHECK_TEXT(read_as("hits > 90%"), "hits!|-|>|0.9|ratio");
    CHECK_TEXT(read_as("p95 of queue < 2s"), "p95|queue|<|2000|ms");
}

TEST(the_short_form_of_k6)
{
    CHECK_TEXT(read_as("GET /login: p(95)<200"), "p95|GET /login|<|200|ms");
    CHECK_TEXT(read_as("GET /login: p(95)<200ms for 10s abort"),
               "p95|GET /login|<|200|ms|for 10|abort");
    CHECK_TEXT(read_as("http://x:80/a: med<200"), "median|http://x:80/a|<|200|ms");
    CHECK_TEXT(read_as("\"a: b\": avg<200"), "avg|a: b|<|200|ms");
    CHECK_TEXT(read_as("/a: fail_ratio<0.5"), "fail_ratio|/a|<|0.5|ratio");
    CHECK_TEXT(read_as("http_req_duration: p(99.9)<200"), "p99.9|-|<|200|ms");
    CHECK_TEXT(read_as("http_req_duration:med<200"), "median|-|<|200|ms");
    CHECK_TEXT(read_as("http_req_duration{name:GET /a}: max<200"), "max|GET /a|<|200|ms");
    CHECK_TEXT(read_as("http_req_duration{name:/a, method:GET}: max<200"), "max|GET /a|<|200|ms");
    CHECK_TEXT(read_as("http_req_duration{method:POST}: max<200"), "max|POST *|<|200|ms");
    CHECK_TEXT(read_as("http_req_failed: rate<0.01"), "fail_ratio|-|<|0.01|ratio");
    CHECK_TEXT(read_as("http_req_failed: count===0"), "failures|-|==|0|");
    CHECK_TEXT(read_as("http_reqs: count>1000"), "requests|-|>|1000|");
    CHECK_TEXT(read_as("http_reqs: rate>100"), "rps|-|>|100|/s");
    CHECK_TEXT(read_as("checks: rate>0.9"), "check_ratio|-|>|0.9|ratio");
    CHECK_TEXT(read_as("checks{check:it is there}: rate>0.9"),
               "check_ratio|it is there|>|0.9|ratio");
    CHECK_TEXT(read_as("orders: count>5"), "orders!count|-|>|5|");
    CHECK_TEXT(read_as("hits: rate>0.5"), "hits!rate|-|>|0.5|");
    CHECK_TEXT(read_as("\"stock: left\": value>5"), "stock: left!value|-|>|5|");
}

TEST(mistakes_in_the_metric)
{
    CHECK_TEXT(read_as(""), "expected a threshold such as 'p95 < 300ms', got nothing");
    CHECK_TEXT(read_as("< 3"), "'< 3': expected a metric such as p95 or fail_ratio, got nothing");
    CHECK_TEXT(read_as("p100 < 3"), "'p100 < 3': expected a percentile above p0 and below p100 "
                                    "(else 'min' or 'max'), got 'p100'");
    CHECK_TEXT(read_as("p95 GET /a < 3"),
               "'p95 GET /a < 3': expected 'of' and a name, or an operator (<, <=, >, >=, ==, !=), "
               "behind the metric, got 'GET'");
    CHECK_TEXT(read_as("p95 of < 3"), "'p95 of < 3': expected a name behind 'of'");
    CHECK_TEXT(read_as("p95 of \"\" < 3"), "'p95 of \"\" < 3': expected a name between the quotes");
    CHECK_TEXT(
        read_as("p95 of \"a\" b < 3"),
        "'p95 of \"a\" b < 3': expected nothing but an operator behind the closing quote, got "
        "'\"a\" b'");
    CHECK_TEXT(read_as("p95 of \"a < 3"), "'p95 of \"a < 3': the quote isn't closed");
    CHECK_TEXT(read_as("p95 of /a for 10s < 3"),
               "'p95 of /a for 10s < 3': 'for' stands behind the value; a name that holds ' for ' "
               "stands in double quotes");
    CHECK_TEXT(read_as("avgg of /a < 3"),
               "'avgg of /a < 3': unknown metric 'avgg' (did you mean 'avg'?) before 'of'");
    CHECK_TEXT(
        read_as("exceptions of /a < 3"),
        "'exceptions of /a < 3': exceptions are counted for the whole run: they have no 'of'");
}

TEST(mistakes_in_k6s_form)
{
    CHECK_TEXT(read_as("/a: p(95<3"), "'/a: p(95<3': unknown aggregate 'p(95' (did you mean "
                                      "'p(95)'?): expected p(95), avg, min, med, max, rate, count "
                                      "or value");
    CHECK_TEXT(read_as("http_req_duration: rate<3"),
               "'http_req_duration: rate<3': expected p(95), avg, min, med or max of "
               "http_req_duration, got 'rate'");
    CHECK_TEXT(read_as("http_req_failed: p(95)<3"),
               "'http_req_failed: p(95)<3': expected rate or count, got 'p(95)'");
    CHECK_TEXT(read_as("checks: count<3"), "'checks: count<3': expected rate, got 'count'");
    CHECK_TEXT(read_as("vus: value<3"), "'vus: value<3': k6's metric 'vus' isn't measured here");
    CHECK_TEXT(read_as(": avg<3"), "': avg<3': expected a name before ':'");
    CHECK_TEXT(
        read_as("http_req_duration{status:200}: avg<3"),
        "'http_req_duration{status:200}: avg<3': unknown tag 'status': expected {name:NAME}, "
        "{method:METHOD} or both");
    CHECK_TEXT(read_as("checks{name:a}: rate>0.5"),
               "'checks{name:a}: rate>0.5': unknown tag 'name': expected {check:NAME}");
    CHECK_TEXT(
        read_as("http_req_duration{}: avg<3"),
        "'http_req_duration{}: avg<3': expected a tag such as {name:NAME} between the braces");
    CHECK_TEXT(read_as("x: exceptions<3"),
               "'x: exceptions<3': exceptions are counted for the whole run, not by name");
}

TEST(mistakes_in_the_operator)
{
    CHECK_TEXT(read_as("p95"), "'p95': expected an operator (<, <=, >, >=, ==, !=) and a value, as "
                               "in 'p95 < 300ms'");
    CHECK_TEXT(read_as("p95 = 3"),
               "'p95 = 3': expected an operator (<, <=, >, >=, ==, !=), got '=' "
               "(did you mean '=='?)");
}

TEST(mistakes_in_the_value)
{
    CHECK_TEXT(read_as("p95 <"), "'p95 <': expected a time such as 300ms or 1.5s, got nothing");
    CHECK_TEXT(read_as("p95 < x"), "'p95 < x': expected a time such as 300ms or 1.5s, got 'x'");
    CHECK_TEXT(read_as("p95 <> 3"), "'p95 <> 3': expected a time such as 300ms or 1.5s, got '> 3'");
    CHECK_TEXT(read_as("p95 < 300mss"),
               "'p95 < 300mss': expected a time such as 300ms or 1.5s, got '300mss'");
    CHECK_TEXT(read_as("p95 < 3%"), "'p95 < 3%': expected a time such as 300ms or 1.5s, got '3%'");
    CHECK_TEXT(read_as("p95 < -3"), "'p95 < -3': expected a time such as 300ms or 1.5s, got '-3'");
    CHECK_TEXT(read_as("p95 < 1e999"),
               "'p95 < 1e999': expected a time such as 300ms or 1.5s, got '1e999'");
    CHECK_TEXT(read_as("fail_ratio < 5"),
               "'fail_ratio < 5': expected a share of 0% to 100%, such as 1% or 0.01, got '5'");
    CHECK_TEXT(
        read_as("fail_ratio < 101 % abort"),
        "'fail_ratio < 101 % abort': expected a share of 0% to 100%, such as 1% or 0.01, got "
        "'101 %'");
    CHECK_TEXT(read_as("requests > 1.5"), "'requests > 1.5': expected a whole number, got '1.5'");
    CHECK_TEXT(read_as("requests > 5/s"), "'requests > 5/s': expected a whole number, got '5/s'");
    CHECK_TEXT(read_as("rps > 5ms"),
               "'rps > 5ms': expected requests a second, such as 100 or 100/s, got '5ms'");
    CHECK_TEXT(read_as("orders > many"), "'orders > many': expected a number, with ms, s, % or /s "
                                         "behind it where that fits, got 'many'");
}

TEST(mistakes_at_the_end)
{
    CHECK_TEXT(read_as("p95 < 3 for"),
               "'p95 < 3 for': expected whole seconds behind 'for', such as "
               "10s or 1m30s, got nothing");
    CHECK_TEXT(read_as("p95 < 3 for 1.5s"),
               "'p95 < 3 for 1.5s': expected whole seconds behind 'for', such as 10s or 1m30s, got "
               "'1.5s'");
    CHECK_TEXT(read_as("p95 < 3 for 0"),
               "'p95 < 3 for 0': expected whole seconds behind 'for', such "
               "as 10s or 1m30s, got '0'");
    CHECK_TEXT(read_as("p95 < 3 abrot"),
               "'p95 < 3 abrot': unknown word 'abrot' (did you mean 'abort'?)");
    CHECK_TEXT(read_as("p95 < 3 abort for 10s"),
               "'p95 < 3 abort for 10s': expected 'for DURATION', 'abort' or nothing behind the "
               "value, got 'for'");
    CHECK_TEXT(read_as("p95 < 3 and so on"),
               "'p95 < 3 and so on': expected 'for DURATION', 'abort' "
               "or nothing behind the value, got 'and'");
    CHECK_TEXT(read_as("requests > 5 abort"),
               "'requests > 5 abort': abort has no meaning here: requests can still grow until the "
               "run is over");
}

TEST(foreign_text_is_shown_as_text)
{
    char text[400];

    CHECK_TEXT(read_as("p95 < \033[31m"),
               "'p95 < \\x1b[31m': expected a time such as 300ms or 1.5s, "
               "got '\\x1b[31m'");
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    CHECK(strstr(read_as(text), "xxx…': expected an operator") != NULL);
    CHECK_INT(threshold_check(str_make("p95 < 3\0", 8), NULL), -1);
    CHECK_INT(threshold_check(STR("p95 < 3"), NULL), 0);
}

TEST_MAIN(RUN(every_metric); RUN(entries); RUN(windows_and_abort); RUN(custom_metrics);
          RUN(the_short_form_of_k6); RUN(mistakes_in_the_metric); RUN(mistakes_in_k6s_form);
          RUN(mistakes_in_the_operator); RUN(mistakes_in_the_value); RUN(mistakes_at_the_end);
          RUN(foreign_text_is_shown_as_text);)
