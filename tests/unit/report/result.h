/* result -- a result of a made-up run, in which there is something of everything. */
// SPDX-License-Identifier: MIT
#ifndef TESTS_RESULT_H
#define TESTS_RESULT_H

#include "base/mem.h"
#include "report/result_file.h"
#include "stats/slots.h"

#include "report.h"

#define RESULT_START 1795187621.25

/* Requests of 25 seconds that begin at start_s. */
static inline struct stats *made_stats(double start_s, unsigned seed)
{
    struct stats *s = stats_new(start_s, false);
    char name[16];
    s->slots = slots_new(start_s, SLOTS_LIMIT);
    for (int second = 0; second < 25; second++) {
        for (int i = 0; i < 40; i++) {
            seed = seed * 1103515245u + 12345u;
            snprintf(name, sizeof name, "/%u", i % 3);
            log_one(s, "GET", name, (double)(seed >> 8 & 0xffff) / 131.0,
                    i == 7 ? "re\"fused\n" : "", start_s + second + i / 50.0);
        }
        stats_tick(s, 10, start_s + second + 1);
        if (slots_tick(s->slots, s->entries, 10, start_s + second + 1))
            while (slots_work(s->slots))
                continue;
    }
    struct entry *e = stats_entry(s, STR("GET"), STR("/untimed"), start_s + 3);
    stats_log(s, e, false, 0, 5, STR_EMPTY, start_s + 3);
    static const double phases[PHASES] = {0.5, 1.25, 0, 3.0625, 0.1};
    entry_log_phases(e, phases);
    entry_log_phases(s->total, phases);
    e = stats_entry(s, STR(ENTRY_TRANSACTION), STR("buy"), start_s + 3);
    stats_log(s, e, true, 700, 0, STR_EMPTY, start_s + 3);
    exceptions_add(&s->exceptions, STR("a.lua:3: bo\x01om"), STR("stack"), STR("local"));
    metric_add_bool(&s->metrics, metrics_get(&s->metrics, METRIC_CHECK, STR("ok")), true,
                    start_s + 1);
    metric_add_bool(&s->metrics, metrics_get(&s->metrics, METRIC_RATE, STR("hit")), false,
                    start_s + 1);
    metric_add(&s->metrics, metrics_get(&s->metrics, METRIC_COUNTER, STR("sold")), 3, start_s + 1);
    metric_add(&s->metrics, metrics_get(&s->metrics, METRIC_GAUGE, STR("queue")), -2.5,
               start_s + 2);
    metric_add(&s->metrics, metrics_get(&s->metrics, METRIC_TREND, STR("size")), -0.25,
               start_s + 2);
    metric_add(&s->metrics, metrics_get(&s->metrics, METRIC_TREND, STR("size")), 1e6, start_s + 2);
    metric_add(&s->metrics, metrics_other(&s->metrics, METRIC_COUNTER), 9, start_s + 2);
    metrics_get(&s->metrics, METRIC_GAUGE, STR("never"));
    s->in_flight_at_end = 3;
    s->transactions_cut_off = 4;
    slots_finish(s->slots, s->entries, 4, start_s + 25.5);
    return s;
}

static inline struct result *made_result(double start_s, unsigned seed)
{
    struct result *r = result_new();
    r->stats = made_stats(start_s, seed);
    r->owns_stats = true;
    r->started_s = start_s;
    r->ended_s = start_s + 25.5;
    r->seed = seed;
    r->exit_code = 1;
    r->is_cut_short = true;
    r->usage.no_ports = 4;
    result_set_text(&r->version, "0.1.0");
    result_set_text(&r->end, "run time");
    result_set_text(&r->host, "http://shop.example/\"<b>");
    result_set_text(&r->profile, "gr\xc3\xbc\xc3\x9f"
                                 "e");
    result_add_script(r, "a.lua", "ab12", NULL);
    result_add_script(r, "b.lua", "", "return \"\x1b[1m\"\n");
    result_add_machine(r, "ci-7", "Linux 6.1", "EPYC", 2);
    result_add_note(r, "a note");
    json_decref(r->options);
    r->options = json_pack("{s:i,s:f,s:[s,s],s:b}", "users", 10, "spawn_rate", 0.1, "tags", "a",
                           "b", "headless", 1);
    json_object_set_new(r->libraries, "libcurl", json_string("7.88.1"));
    r->task_ratio = json_pack("{s:{s:f}}", "per_class", "U", 1.0);
    r->thresholds = xcalloc(2, sizeof *r->thresholds);
    r->n_thresholds = 2;
    for (int i = 0; i < 2; i++)
        r->thresholds[i] = (struct threshold_row){
            .text = xstrdup(i == 0 ? "p95 < 300ms" : "fail_ratio of GET /x < 1%"),
            .metric = xstrdup(i == 0 ? "p95" : "fail_ratio"),
            .entry = xstrdup(i == 0 ? "" : "GET /x"),
            .op = xstrdup("<"),
            .limit = 300,
            .window_s = 10,
            .aborts = i == 0,
            .verdict = i == 0 ? THRESHOLD_CROSSED : THRESHOLD_NOT_JUDGED,
            .has_value = i == 0,
            .value = 312.5,
            .unit = xstrdup("ms"),
            .shown = xstrdup(i == 0 ? "312 ms" : "-"),
            .reason = xstrdup("it matched nothing"),
        };
    r->usage.run_s = 25.25;
    r->usage.cpu_share = 0.5;
    r->usage.lag_peak_ms = 2;
    histogram_add_many(&r->usage.lag, 0, 25000000);
    histogram_add_many(&r->usage.lag, 2, 2000);
    return r;
}

/* The result as a file holds it; the caller's. */
static inline char *file_of(const struct result *r)
{
    struct buf out = BUF_INIT;
    result_file_add(&out, r);
    return buf_detach(&out);
}

#endif
