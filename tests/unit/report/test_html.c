/* test_html -- the page: whole whatever stands in it, and small. */
// SPDX-License-Identifier: MIT
#include "report/html.h"

#include "page.h"

#include "stats/slots.h"

#include <unistd.h>

static size_t times(const char *text, const char *what)
{
    size_t n = 0;

    for (const char *p = strstr(text, what); p != NULL; p = strstr(p + 1, what))
        n++;
    return n;
}

/* The object that stands in the page; the caller owns it. */
static json_t *data_of(const char *page)
{
    static const char begin[] = "id=\"data\">";
    const char *from = strstr(page, begin);

    if (from == NULL)
        return NULL;
    from += sizeof begin - 1;
    const char *to = strstr(from, "</script>");
    return json_loadb(from, (size_t)(to - from), JSON_REJECT_DUPLICATES, NULL);
}

TEST(no_text_can_leave_its_place)
{
    static const char evil[] =
        "</script><script>x()</script><!-- <img src=x onerror=x()> ]]> \xff\"'&";
    struct result *r = page_run();
    struct buf page = BUF_INIT;
    size_t plain;

    html_add(&page, r);
    plain = times(buf_cstr(&page), "<");
    buf_clear(&page);
    result_free(r);

    r = page_run();
    log_one(r->stats, evil, evil, 1, evil, STARTED);
    exceptions_add(&r->stats->exceptions, str_of(evil), str_of(evil), str_of(evil));
    result_set_text(&r->profile, evil);
    json_object_set_new(r->options, "host", json_string("</script>"));
    result_add_script(r, "</title><script>.lua", NULL, NULL);
    html_add(&page, r);
    CHECK_INT(times(buf_cstr(&page), "<"), plain);
    json_t *data = data_of(buf_cstr(&page));
    CHECK(data != NULL);
    CHECK_TEXT(page_text_at(data, "exceptions.0.message"),
               "</script><script>x()</script><!-- <img src=x onerror=x()> ]]> \\xff\"'&");
    json_decref(data);
    buf_release(&page);
    result_free(r);
}

/* Nothing in it is to be fetched: the policy, and no address but those that the libraries name. */
TEST(it_stands_alone)
{
    struct result *r = page_run();
    struct buf page = BUF_INIT;

    html_add(&page, r);
    CHECK(strstr(buf_cstr(&page), "default-src 'none'; script-src 'sha256-") != NULL);
    CHECK(strstr(buf_cstr(&page), "@import") == NULL);
    CHECK(strstr(buf_cstr(&page), " src=") == NULL);
    CHECK(strstr(buf_cstr(&page), "<link") == NULL);
    CHECK(strstr(buf_cstr(&page), "Copyright (c)") != NULL); // uPlot's, as its licence asks
    buf_release(&page);
    result_free(r);
}

/* One hour, 200 names: in each ten seconds times of three decades, and failures of each name. */
static void log_hour(struct stats *s)
{
    char name[64];

    s->slots = slots_new(STARTED, SLOTS_LIMIT);
    for (int piece = 0; piece < 360; piece++) {
        for (int i = 0; i < 200; i++) {
            snprintf(name, sizeof name, "/api/v2/collections/%d/items/[id]", i);
            struct entry *e = stats_entry(s, STR("GET"), str_of(name), STARTED);
            for (int k = 0; k < 4; k++)
                stats_log(
                    s, e, true, 3 + (piece * 7919 + k * 104729) % 5000 * (1 + i % 40) / 10.0, 1000,
                    k == 0 ? STR("HTTPError('503 Server Error: Service Unavailable')") : STR_EMPTY,
                    STARTED + piece * 10 + k);
        }
        if (slots_tick(s->slots, s->entries, 3, STARTED + piece * 10 + 10))
            while (slots_work(s->slots))
                continue;
    }
}

TEST(an_hour_of_200_names_is_small)
{
    struct result *r = page_run();
    struct buf page = BUF_INIT;

    log_hour(r->stats);
    history_clear(&r->stats->history);
    for (int i = 0; i < 3600; i++) {
        struct history_sample s = {.at_s = STARTED + i + 0.123,
                                   .users = (uint64_t)i,
                                   .rate = 1000 + i * 0.37,
                                   .failure_rate = i * 0.011,
                                   .p50_ms = 123.4 + i,
                                   .p95_ms = 1234.5 + i};
        history_add(&r->stats->history, &s);
    }
    html_add(&page, r);
    CHECK(page.n > 500000);
    CHECK(page.n < 3000000);
    buf_release(&page);
    result_free(r);
}

TEST(it_is_written_whole_or_not_at_all)
{
    struct result *r = page_run();
    struct buf text = BUF_INIT;
    struct err err = ERR_INIT;
    char path[] = "/tmp/katydid-html.XXXXXX";

    close(mkstemp(path));
    CHECK_INT(result_write(path, r, html_add, &err), 0);
    CHECK_INT(file_read(path, &text, 1 << 20, &err), 0);
    CHECK(str_ends(buf_slice(&text), STR("</html>\n")));
    CHECK_INT(times(buf_cstr(&text), "<!doctype html>"), 1);
    unlink(path);
    CHECK_INT(result_write("/nowhere/there/x.html", r, html_add, &err), -1);
    CHECK(strstr(err.text, "/nowhere/there/x.html") != NULL);
    buf_release(&text);
    result_free(r);
}

TEST_MAIN(RUN(no_text_can_leave_its_place); RUN(it_stands_alone);
          RUN(an_hour_of_200_names_is_small); RUN(it_is_written_whole_or_not_at_all);)
