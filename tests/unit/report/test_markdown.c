/* test_markdown -- the summary: its parts, its bounds, and that nothing foreign becomes markup. */
// SPDX-License-Identifier: MIT
#include "report/markdown.h"

#include "ended.h"

static char *markdown_of(const struct result *r)
{
    struct buf out = BUF_INIT;
    markdown_add(&out, r);
    return buf_detach(&out);
}

TEST(a_good_run)
{
    struct result *r = ended_result();
    log_one(r->stats, "GET", "/items/[id]", 12.34, "", ENDED_START_S + 1);
    log_one(r->stats, "GET", "/items/[id]", 23.45, "", ENDED_START_S + 2);
    char *text = markdown_of(r);
    CHECK(has_line(text, "## ✅ shop: passed"));
    CHECK(has_line(text, "2 requests, none failed (exit code 0)."));
    CHECK(has_line(text, "**2** requests in **1m**, **1.00** a second, **0.00 %** failed; median "
                         "**12 ms**, 95 % within **23 ms**, 99 % within **23 ms**."));
    CHECK(has_line(text,
                   "| GET | <code>/items/\\[id\\]</code> | 2 | 0 (0.00 %) | 12 | 23 | 23 | 23 "
                   "| 1.00 |"));
    CHECK(has_line(text, "|  | **Aggregated** | 2 | 0 (0.00 %) | 12 | 23 | 23 | 23 | 1.00 |"));
    CHECK(strstr(text, "### Failures") == NULL && strstr(text, "### Exceptions") == NULL);
    CHECK(strstr(text, "### Thresholds") == NULL && strstr(text, "### Checks") == NULL);
    CHECK(strstr(text, "### Metrics") == NULL);
    free(text);
    result_free(r);
}

TEST(thresholds_checks_failures_and_exceptions)
{
    struct result *r = ended_result();
    log_one(r->stats, "GET", "/", 1, "once", ENDED_START_S);
    for (int i = 0; i < 3; i++)
        log_one(r->stats, "GET", "/", 1, "often", ENDED_START_S);
    exceptions_add(&r->stats->exceptions, STR("a <b>"), STR("at </pre> & more"), STR("local"));
    struct metric *m = metrics_get(&r->stats->metrics, METRIC_CHECK, STR("is 200"));
    metric_add_bool(&r->stats->metrics, m, true, ENDED_START_S);
    metric_add_bool(&r->stats->metrics, m, false, ENDED_START_S);
    struct metrics *all = &r->stats->metrics;
    metric_add(all, metrics_get(all, METRIC_COUNTER, STR("orders|x")), 3, ENDED_START_S + 1);
    metric_add(all, metrics_get(all, METRIC_TREND, STR("size")), 12, ENDED_START_S + 1);
    ended_threshold(r, "p95 < 300ms", THRESHOLD_CROSSED, "412 ms", "");
    ended_threshold(r, "p99 < 300ms", THRESHOLD_NOT_JUDGED, NULL, "too few");
    r->exit_code = 3;
    char *text = markdown_of(r);
    CHECK(has_line(text, "## ❌ shop: failed"));
    CHECK(has_line(text, "| ❌ crossed | <code>p95 &#60; 300ms</code> | 412 ms |  |"));
    CHECK(has_line(text, "| ⚠️ not judged | <code>p99 &#60; 300ms</code> | - | too few |"));
    CHECK(has_line(text, "| ❌ | <code>is 200</code> | 2 | 1 | 50.00 % |"));
    CHECK(has_line(text, "| counter | <code>orders\\|x</code> | 1 | 3 | 3 |  |  |  |  |  |  |"));
    CHECK(has_line(text, "| trend | <code>size</code> | 1 |  |  | 12 | 12 | 12 | 12 | 12 | 12 |"));
    const char *often = strstr(text, "| 3 | <code>GET /: often</code> |");
    CHECK(often != NULL && strstr(often, "| 1 | <code>GET /: once</code> |") != NULL);
    CHECK(strstr(text, "<summary>1 × <code>a &lt;b&gt;</code></summary>") != NULL);
    CHECK(strstr(text, "<pre>at &lt;/pre&gt; &amp; more</pre>") != NULL);
    free(text);
    result_free(r);
}

TEST(metrics_have_what_their_kind_has)
{
    struct result *r = ended_result();
    add_metrics(r->stats, ENDED_START_S + 4);
    char *text = markdown_of(r);
    CHECK(strstr(text, "| ✅ | <code>has a ") != NULL);
    CHECK(has_line(text, "| counter | <code>orders</code> | 4 | 8 | 2 |  |  |  |  |  |  |"));
    CHECK(has_line(text, "| gauge | <code>queue</code> | 4 | -5 |  |  | -5 |  |  |  | 7 |"));
    CHECK(has_line(
        text, "| trend | <code>size</code> | 200 |  |  | 126 | 1.25 | 125 | 238 | 248 | 250 |"));
    CHECK(has_line(text, "| rate | <code>cached</code> | 4 | 25.00 % |  |  |  |  |  |  |  |"));
    free(text);
    result_free(r);
}

TEST(foreign_text_is_no_markup)
{
    struct result *r = ended_result();
    log_one(r->stats, "GET", HOSTILE, 1, HOSTILE, ENDED_START_S);
    ended_threshold(r, HOSTILE, THRESHOLD_CROSSED, HOSTILE, HOSTILE);
    exceptions_add(&r->stats->exceptions, STR(HOSTILE), STR(HOSTILE), STR("local"));
    result_set_text(&r->profile, HOSTILE);
    result_set_text(&r->host, HOSTILE);
    result_set_text(&r->exit_reason, HOSTILE);
    r->exit_code = 1;
    char *text = markdown_of(r);
    CHECK(strstr(text, "</script>") == NULL && strstr(text, "<b>") == NULL);
    char *html = strstr(text, "<details>");
    CHECK(html != NULL);
    *html = '\0'; // from here on it is HTML, and no Markdown
    CHECK(strstr(text, " @all") == NULL && strstr(text, "http://z") == NULL);
    // Each row of each table has the cells of its head.
    size_t cells = 0;
    for (struct str rest = str_of(text); rest.n > 0;) {
        struct str line = str_cut(&rest, '\n');
        size_t n = 0;
        for (size_t i = 0; i < line.n; i++)
            n += line.p[i] == '|' && (i == 0 || line.p[i - 1] != '\\');
        CHECK(n == 0 || cells == 0 || n == cells);
        cells = n;
    }
    free(text);
    result_free(r);
}

/* As large as a run can be, in every way at once. */
TEST(it_is_bounded)
{
    struct result *r = ended_result();
    char name[5000], text[3000];
    for (int i = 0; i < 2500; i++) {
        memset(name, '<', sizeof name - 1);
        memset(text, '|', sizeof text - 1);
        snprintf(name + 8, 16, "%d", i);
        name[12] = name[sizeof name - 1] = '_';
        name[sizeof name - 1] = text[sizeof text - 1] = '\0';
        snprintf(text + 8, 16, "%d", i);
        text[12] = '_';
        memset(text + 13, '|', sizeof text - 14);
        log_one(r->stats, "GET", name, 1, text, ENDED_START_S);
        exceptions_add(&r->stats->exceptions, str_of(text), str_of(text), STR("local"));
    }
    for (int i = 0; i < 300; i++)
        ended_threshold(r, name, THRESHOLD_CROSSED, name, name);
    r->exit_code = 1;
    char *made = markdown_of(r);
    CHECK(strlen(made) <= MARKDOWN_LIMIT);
    CHECK(strstr(made, " more.\n") != NULL);
    CHECK(strstr(made, "**Aggregated**") != NULL);
    CHECK(strstr(made, "<sub>Katydid 9.9") != NULL);
    free(made);
    result_free(r);
}

TEST_MAIN(RUN(a_good_run); RUN(thresholds_checks_failures_and_exceptions);
          RUN(metrics_have_what_their_kind_has); RUN(foreign_text_is_no_markup);
          RUN(it_is_bounded);)
