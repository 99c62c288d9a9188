/* test_prometheus -- places, and a run that is fetched from while its loop turns, stands, and is over. */
// SPDX-License-Identifier: MIT
#include "export/prometheus.h"

#include "../serve/rig.h"
#include "live.h"

TEST(places)
{
    static const struct {
        const char *text, *host;
        unsigned port;
    } good[] = {
        {"9464", "127.0.0.1", 9464},   {"0", "127.0.0.1", 0},
        {"0.0.0.0:80", "0.0.0.0", 80}, {"localhost:1", "127.0.0.1", 1},
        {"[::1]:65535", "::1", 65535},
    };
    static const char *const bad[] = {
        "",   "x",   ":80",  "1.2.3.4:",   "65536",          "[::1]",
        "-1", "1.5", "80:x", "1.2.3.4:9 ", "http://x:9464/", "99999999999999999999"};
    struct prometheus_place place;

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct err err = ERR_INIT;
        CHECK_INT(prometheus_parse(&place, str_of(good[i].text), &err), 0);
        CHECK_TEXT(place.host, good[i].host);
        CHECK_INT(place.port, good[i].port);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct err err = ERR_INIT;
        if (prometheus_parse(&place, str_of(bad[i]), &err) == 0)
            CHECK_FAIL("'%s' is a place", bad[i]);
        CHECK(strstr(err.text, "expected PORT or ADDRESS:PORT") != NULL);
    }
}

/* What talks to the server, and the loop of the run that it shows. */
struct fetch {
    struct stage g;
    struct rig rig;
    struct prometheus *p;
    uint16_t port;
};

static bool open_fetch(struct fetch *f)
{
    struct prometheus_place place = {.host = "127.0.0.1"};
    struct err err = ERR_INIT;
    struct buf url = BUF_INIT;

    alarm(60);
    stage_open(&f->g);
    f->rig = (struct rig){.loop = f->g.t.loop};
    f->p = prometheus_new(&place, &f->g.run, &err);
    if (f->p == NULL)
        return false;
    prometheus_add_url(f->p, &url);
    f->port = (uint16_t)strtoul(strrchr(buf_cstr(&url), ':') + 1, NULL, 10);
    bool is_right = str_starts(buf_slice(&url), STR("http://127.0.0.1:")) &&
                    str_ends(buf_slice(&url), STR("/metrics"));
    buf_release(&url);
    return is_right;
}

static bool close_fetch(struct fetch *f)
{
    prometheus_free(f->p);
    buf_release(&f->rig.read);
    return stage_close(&f->g);
}

#define SCRAPE "GET /metrics HTTP/1.0\r\n\r\n"

TEST(answers_with_the_figures_of_the_moment)
{
    struct fetch f;

    CHECK(open_fetch(&f));
    stage_log(&f.g, "GET", "/a", 3, "");
    const char *answer = rig_talk(&f.rig, f.port, SCRAPE);
    CHECK_INT(rig_status(answer), 200);
    CHECK(strstr(answer, "Content-Type: text/plain; version=0.0.4") != NULL);
    CHECK(strstr(answer, "\nkatydid_requests_total{method=\"GET\",name=\"/a\"} 1\n") != NULL);
    answer = rig_talk(&f.rig, f.port,
                      "GET /metrics HTTP/1.0\r\nAccept: application/openmetrics-text\r\n\r\n");
    CHECK(strstr(answer, "Content-Type: application/openmetrics-text; version=1.0.0") != NULL);
    CHECK(str_ends(str_of(answer), STR("\n# EOF\n")));
    CHECK(close_fetch(&f));
}

TEST(other_paths_and_methods_are_told_where_it_is)
{
    struct fetch f;

    CHECK(open_fetch(&f));
    CHECK_INT(rig_status(rig_talk(&f.rig, f.port, "GET / HTTP/1.0\r\n\r\n")), 200);
    CHECK_INT(rig_status(rig_talk(&f.rig, f.port, "GET /metric HTTP/1.0\r\n\r\n")), 404);
    CHECK_INT(
        rig_status(rig_talk(&f.rig, f.port, "POST /metrics HTTP/1.0\r\nContent-Length: 0\r\n\r\n")),
        405);
    CHECK(close_fetch(&f));
}

TEST(figures_are_renewed_each_second_and_stand_while_the_loop_does)
{
    struct fetch f;

    CHECK(open_fetch(&f));
    stage_log(&f.g, "GET", "/a", 3, "");
    CHECK_INT(rig_status(rig_talk(&f.rig, f.port, SCRAPE)), 200);
    stage_log(&f.g, "GET", "/a", 3, "");
    stage_go_on(&f.g, 2);
    // From here on the loop stands: only the thread answers.
    struct rig still = {.loop = loop_new(&f.g.t.clock)};
    const char *answer = rig_talk(&still, f.port, SCRAPE);
    CHECK(strstr(answer, "name=\"/a\"} 2\n") != NULL);
    loop_free(still.loop);
    buf_release(&still.read);
    CHECK(close_fetch(&f));
}

TEST(nothing_is_done_when_nobody_has_asked_for_a_minute)
{
    struct fetch f;

    CHECK(open_fetch(&f));
    CHECK_INT(rig_status(rig_talk(&f.rig, f.port, SCRAPE)), 200);
    stage_go_on(&f.g, 70);
    stage_log(&f.g, "GET", "/a", 3, "");
    // None is kept any more, so that the next one who asks gets one of now.
    const char *answer = rig_talk(&f.rig, f.port, SCRAPE);
    CHECK(strstr(answer, "name=\"/a\"} 1\n") != NULL);
    CHECK(close_fetch(&f));
}

TEST(the_last_state_stays_until_the_end_of_the_process)
{
    struct fetch f;

    CHECK(open_fetch(&f));
    stage_log(&f.g, "GET", "/a", 3, "");
    prometheus_finish(f.p);
    struct rig still = {.loop = loop_new(&f.g.t.clock)};
    CHECK(strstr(rig_talk(&still, f.port, SCRAPE), "name=\"/a\"} 1\n") != NULL);
    loop_free(still.loop);
    buf_release(&still.read);
    CHECK(close_fetch(&f));
}

TEST(those_who_still_wait_at_the_end_are_dropped)
{
    struct fetch f;
    char c;

    CHECK(open_fetch(&f));
    int fd = rig_connect(f.port);
    rig_send(&f.rig, fd, STR(SCRAPE));
    prometheus_free(f.p);
    f.p = NULL;
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    CHECK_INT(poll(&wait, 1, 60000), 1);
    CHECK(recv(fd, &c, 1, 0) <= 0);
    close(fd);
    CHECK(close_fetch(&f));
}

TEST(a_port_that_is_taken_is_an_error_that_names_it)
{
    struct fetch f;
    struct err err = ERR_INIT;
    char wanted[64];

    CHECK(open_fetch(&f));
    struct prometheus_place place = {.host = "127.0.0.1", .port = f.port};
    CHECK(prometheus_new(&place, &f.g.run, &err) == NULL);
    snprintf(wanted, sizeof wanted, "port %u: Address already in use", (unsigned)f.port);
    CHECK(strstr(err.text, wanted) != NULL);
    CHECK(close_fetch(&f));
}

TEST_MAIN(RUN(places); RUN(answers_with_the_figures_of_the_moment);
          RUN(other_paths_and_methods_are_told_where_it_is);
          RUN(figures_are_renewed_each_second_and_stand_while_the_loop_does);
          RUN(nothing_is_done_when_nobody_has_asked_for_a_minute);
          RUN(the_last_state_stays_until_the_end_of_the_process);
          RUN(those_who_still_wait_at_the_end_are_dropped);
          RUN(a_port_that_is_taken_is_an_error_that_names_it);)
