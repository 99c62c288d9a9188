/* test_otlp -- exports over a transport that only pretends, in virtual time: what is sent when, what is
 * tried again, what is lost. */
// SPDX-License-Identifier: MIT
#include "export/otlp.h"

#include "../http/fake_transport.h"
#include "live.h"

struct desk {
    struct stage g;
    struct fake_transport transport;
    struct otlp_settings settings;
    struct otlp *otlp;
    int ended;
    double ended_s; /* of the run */
};

static struct buf heard = BUF_INIT;

static void hear(void *self, struct str line)
{
    (void)self;
    buf_add_str(&heard, line);
    buf_add_char(&heard, '\n');
}

static int times_heard(const char *text)
{
    int n = 0;
    for (const char *at = buf_cstr(&heard); (at = strstr(at, text)) != NULL; at++)
        n++;
    return n;
}

static void open_desk(struct desk *d, const struct fake_answer *answers, size_t n)
{
    *d = (struct desk){
        .settings = {.url = (char *)"http://u:s3cret@h.org/v1/metrics", .interval_s = 10}};
    buf_clear(&heard);
    log_set_sink(hear, NULL);
    stage_open(&d->g);
    http_headers_add(&d->settings.headers, STR("api-key"), STR("s3cret"));
    fake_transport_init(&d->transport, d->g.t.loop, answers, n);
    d->otlp = otlp_new(&d->settings, &d->g.run, &d->transport.base);
}

#define ANSWERS(...)                     \
    (struct fake_answer[]){__VA_ARGS__}, \
        sizeof((struct fake_answer[]){__VA_ARGS__}) / sizeof(struct fake_answer)

static void end(void *self)
{
    struct desk *d = self;
    d->ended++;
    d->ended_s = ns_to_s(clock_now_ns(&d->g.t.clock) - 1000 * NS_PER_S);
    loop_stop(d->g.t.loop);
}

/* To its end, as the app does it. */
static void finish(struct desk *d)
{
    otlp_finish(d->otlp, end, d);
    loop_run(d->g.t.loop);
    otlp_tell(d->otlp);
}

/* Whether nothing is left. */
static bool close_desk(struct desk *d)
{
    otlp_free(d->otlp);
    bool is_clean = d->transport.active == 0;
    fake_transport_release(&d->transport);
    http_headers_release(&d->settings.headers);
    log_set_sink(NULL, NULL);
    bool has_told = strstr(buf_cstr(&heard), "s3cret") != NULL;
    return stage_close(&d->g) && is_clean && !has_told;
}

TEST(sends_what_is_there_every_so_often_and_at_the_end)
{
    struct desk d;
    open_desk(&d, ANSWERS({.status = 200, .body = STR("{}")}));
    stage_log(&d.g, "GET", "/a", 3, "");
    stage_go_on(&d.g, 9);
    CHECK_INT(d.transport.asked, 0);
    stage_go_on(&d.g, 16);
    CHECK_INT(d.transport.asked, 2);
    stage_log(&d.g, "GET", "/a", 3, "");
    finish(&d);
    CHECK_INT(d.ended, 1);
    CHECK_DOUBLE(d.ended_s, 25, 1e-6);
    CHECK_INT(d.transport.asked, 3);
    const char *line = d.transport.lines[2];
    CHECK(str_starts(str_of(line), STR("POST http://h.org/v1/metrics|")));
    CHECK(strstr(line, "|api-key: s3cret") != NULL);
    CHECK(strstr(line, "|Content-Type: application/json") != NULL);
    CHECK(strstr(line, "\"asInt\":\"2\"") != NULL);
    CHECK_INT(otlp_taken(d.otlp), 3);
    CHECK_INT(otlp_lost(d.otlp), 0);
    CHECK_INT(times_heard("WARNING"), 0);
    CHECK(close_desk(&d));
}

TEST(what_a_receiver_has_no_time_for_is_sent_again_when_it_says)
{
    struct desk d;
    open_desk(&d, ANSWERS({.status = 503, .reason = "Busy", .headers = "Retry-After: 4"},
                          {.status = 429}, {.status = 200}));
    stage_go_on(&d.g, 13.9);
    CHECK_INT(d.transport.asked, 1);
    stage_go_on(&d.g, 0.2);
    CHECK_INT(d.transport.asked, 2);
    stage_go_on(&d.g, 5); // after the second try it is 2 s
    CHECK_INT(d.transport.asked, 3);
    CHECK_TEXT(d.transport.lines[2], d.transport.lines[0]);
    CHECK_INT(otlp_lost(d.otlp), 0);
    CHECK_INT(times_heard("the answer was 503 Busy; it is tried again"), 1);
    CHECK_INT(times_heard("WARNING"), 1);
    finish(&d);
    CHECK_INT(times_heard("WARNING"), 1);
    CHECK(close_desk(&d));
}

TEST(what_a_receiver_does_not_want_is_lost)
{
    struct desk d;
    open_desk(&d, ANSWERS({.status = 400, .reason = "Bad Request"}, {.status = 200}));
    stage_go_on(&d.g, 19);
    CHECK_INT(d.transport.asked, 1);
    CHECK_INT(otlp_lost(d.otlp), 1);
    CHECK_INT(times_heard("the answer was 400 Bad Request; those figures are lost"), 1);
    finish(&d);
    CHECK_INT(otlp_lost(d.otlp), 1);
    CHECK_INT(times_heard("1 of 2 exports were lost, the last time because the answer was 400"), 1);
    CHECK(close_desk(&d));
}

TEST(a_receiver_that_has_gone_costs_the_oldest_and_is_told_of_twice)
{
    struct desk d;
    open_desk(&d, ANSWERS({.failure = HTTP_REFUSED, .text = "ConnectionRefusedError(111)"}));
    stage_go_on(&d.g, 605);
    CHECK_INT(otlp_taken(d.otlp), 60);
    CHECK_INT(otlp_lost(d.otlp), 60 - OTLP_QUEUE);
    CHECK(d.transport.asked >= 20 && d.transport.asked <= 30); // every 30 s in the end
    CHECK_INT(times_heard("WARNING"), 1);
    finish(&d);
    CHECK(d.ended_s < 605 + 5.001);
    CHECK_INT(otlp_lost(d.otlp), 61);
    CHECK_INT(times_heard("WARNING"), 2);
    CHECK_INT(times_heard("http://u:***@h.org/v1/metrics: 61 of 61 exports were lost"), 1);
    CHECK(close_desk(&d));
}

TEST(one_that_never_answers_holds_nobody_up_for_longer_than_the_end_allows)
{
    struct desk d;
    open_desk(&d, ANSWERS({.status = 200, .after_s = 1e6}));
    stage_go_on(&d.g, 12);
    CHECK_INT(d.transport.asked, 1);
    finish(&d);
    CHECK_DOUBLE(d.ended_s, 12 + ns_to_s(OTLP_END_NS), 1e-6);
    CHECK_INT(d.transport.asked, 1);
    CHECK_INT(otlp_taken(d.otlp), 2);
    CHECK_INT(otlp_lost(d.otlp), 2);
    CHECK(close_desk(&d));
}

TEST(while_one_is_under_way_others_wait_and_the_oldest_of_them_is_lost)
{
    struct desk d;
    open_desk(&d, ANSWERS({.status = 200, .after_s = 95}, {.status = 200}));
    stage_go_on(&d.g, 101); // ten were taken; the first was answered just before that
    CHECK_INT(otlp_taken(d.otlp), 10);
    CHECK_INT(otlp_lost(d.otlp), 10 - OTLP_QUEUE);
    stage_go_on(&d.g, 8);
    CHECK_INT(d.transport.asked, OTLP_QUEUE);
    CHECK_INT(times_heard("the receiver is too slow; the oldest figures are lost"), 1);
    finish(&d);
    CHECK_INT(d.transport.asked, OTLP_QUEUE + 1);
    CHECK(close_desk(&d));
}

TEST(at_the_end_what_waits_is_lost_for_the_last_one)
{
    struct desk d;
    open_desk(&d, ANSWERS({.status = 503, .headers = "Retry-After: 200"}, {.status = 200}));
    stage_go_on(&d.g, 35);
    CHECK_INT(d.transport.asked, 1);
    stage_log(&d.g, "GET", "/last", 3, "");
    finish(&d);
    CHECK_DOUBLE(d.ended_s, 35, 1e-6);
    CHECK_INT(d.transport.asked, 2);
    CHECK(strstr(d.transport.lines[1], "/last") != NULL);
    CHECK_INT(otlp_taken(d.otlp), 4);
    CHECK_INT(otlp_lost(d.otlp), 3);
    CHECK(close_desk(&d));
}

TEST(at_the_end_it_is_tried_once_more_soon)
{
    struct desk d;
    open_desk(&d, ANSWERS({.status = 503}, {.status = 200}));
    finish(&d);
    CHECK_DOUBLE(d.ended_s, 1, 1e-6);
    CHECK_INT(d.transport.asked, 2);
    CHECK_INT(otlp_lost(d.otlp), 0);
    CHECK(close_desk(&d));
}

TEST(points_that_were_refused_are_told)
{
    struct desk d;
    open_desk(
        &d, ANSWERS({.status = 200,
                     .body = STR("{\"partialSuccess\":{\"rejectedDataPoints\":\"3\","
                                 "\"errorMessage\":\"too \\u001b old\"}}")},
                    {.status = 200, .body = STR("{\"partialSuccess\":{\"rejectedDataPoints\":2}}")},
                    {.status = 200, .body = STR("\xff{nonsense")}));
    stage_go_on(&d.g, 25);
    CHECK_INT(times_heard("the receiver refused 3 points: too \\x1b old"), 1);
    finish(&d);
    CHECK_INT(times_heard("the receiver refused 5 points in all"), 1);
    CHECK_INT(otlp_lost(d.otlp), 0);
    CHECK(close_desk(&d));
}

TEST(an_answer_without_end_is_not_read)
{
    static char much[100000];
    struct desk d;
    memset(much, 'x', sizeof much);
    open_desk(&d, ANSWERS({.status = 200, .body = {much, sizeof much}, .step = 1000, .stays = true},
                          {.status = 200}));
    stage_go_on(&d.g, 12);
    CHECK_INT(d.transport.stopped, 1);
    CHECK_INT(d.transport.active, 0);
    CHECK_INT(otlp_lost(d.otlp), 0);
    finish(&d);
    CHECK(close_desk(&d));
}

TEST(freed_in_the_middle_it_leaves_nothing)
{
    struct desk d;
    open_desk(&d, ANSWERS({.status = 200, .after_s = 1e6}));
    stage_go_on(&d.g, 45);
    CHECK_INT(d.transport.active, 1);
    CHECK(close_desk(&d));
}

TEST_MAIN(RUN(sends_what_is_there_every_so_often_and_at_the_end);
          RUN(what_a_receiver_has_no_time_for_is_sent_again_when_it_says);
          RUN(what_a_receiver_does_not_want_is_lost);
          RUN(a_receiver_that_has_gone_costs_the_oldest_and_is_told_of_twice);
          RUN(one_that_never_answers_holds_nobody_up_for_longer_than_the_end_allows);
          RUN(while_one_is_under_way_others_wait_and_the_oldest_of_them_is_lost);
          RUN(at_the_end_what_waits_is_lost_for_the_last_one);
          RUN(at_the_end_it_is_tried_once_more_soon); RUN(points_that_were_refused_are_told);
          RUN(an_answer_without_end_is_not_read); RUN(freed_in_the_middle_it_leaves_nothing);)
