/* test_csv -- the four files over a run: when they are written, and what happens where they can't. */
// SPDX-License-Identifier: MIT
#include "report/csv.h"

#include "base/log.h"
#include "report.h"
#include "run.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/test_csv.XXXXXX";

struct test {
    struct test_run run;
    struct csv *csv;
    struct buf log;
    struct buf file;
    void (*second)(struct test *t, unsigned seconds);
};

static const char *at(const char *name)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static const char *file(struct test *t, const char *name)
{
    struct err err = ERR_INIT;
    buf_clear(&t->file);
    return file_read(at(name), &t->file, 1 << 20, &err) < 0 ? err.text : buf_cstr(&t->file);
}

static size_t rows(const char *text)
{
    size_t n = 0;
    for (; (text = strchr(text, '\n')) != NULL; text++)
        n++;
    return n;
}

static void take_log(void *self, struct str line)
{
    struct test *t = self;
    buf_add_str(&t->log, line);
    buf_add_char(&t->log, '\n');
}

/* Ten requests a second, two of them failed. */
static void on_second(void *self, unsigned seconds)
{
    struct test *t = self;
    double now_s = test_run_wall_s(&t->run) - 0.1;
    for (int i = 0; i < 10; i++)
        log_one(t->run.stats, "GET", "/a", 20, i < 2 ? "x" : NULL, now_s);
    if (t->second != NULL)
        t->second(t, seconds);
}

static bool begin(struct test *t, double run_time_s, bool full)
{
    struct err err = ERR_INIT;
    *t = (struct test){.second = NULL};
    test_run_init(&t->run, run_time_s, full);
    t->run.second = on_second;
    t->run.self = t;
    log_set_sink(take_log, t);
    t->csv = csv_new(at("x"), full, t->run.stats, t->run.runner, t->run.hooks, &err);
    return t->csv != NULL;
}

static void end(struct test *t)
{
    csv_free(t->csv);
    test_run_release(&t->run);
    log_set_sink(NULL, NULL);
    buf_release(&t->log);
    buf_release(&t->file);
    static const char *const names[] = {"x_stats.csv", "x_stats_history.csv", "x_failures.csv",
                                        "x_exceptions.csv", "x_metrics.csv"};
    for (size_t i = 0; i < 5; i++)
        unlink(at(names[i]));
}

TEST(headers_are_there_before_the_run)
{
    struct test t;
    CHECK(begin(&t, 3, false));
    CHECK_INT(rows(file(&t, "x_stats.csv")), 2);
    CHECK_INT(rows(file(&t, "x_stats_history.csv")), 1);
    CHECK_TEXT(file(&t, "x_failures.csv"),
               "Method,Name,Error,Occurrences,First Seen,Last Seen\r\n");
    CHECK_TEXT(file(&t, "x_exceptions.csv"), "Count,Message,Traceback,Nodes\r\n");
    CHECK(csv_finish(t.csv));
    CHECK_INT(rows(file(&t, "x_stats_history.csv")), 1);
    CHECK(strstr(file(&t, "x_metrics.csv"), "No such file") != NULL);
    end(&t);
}

static void look(struct test *t, unsigned seconds)
{
    // The listener runs before the files are written: they show the second before.
    if (seconds == 3)
        buf_addf(&t->log, "%zu %s", rows(file(t, "x_stats_history.csv")),
                 line_of(file(t, "x_stats.csv"), 1));
}

TEST(each_second_is_written)
{
    struct test t;
    CHECK(begin(&t, 3.5, false));
    t.second = look;
    test_run_start(&t.run);
    CHECK(str_starts(buf_slice(&t.log), STR("4 GET,/a,20,4,20,20.0,"))); // header, start, two
    const char *history = file(&t, "x_stats_history.csv");
    CHECK_INT(rows(history), 5);
    CHECK(str_starts(str_of(line_of(history, 1)), STR("1795187621,0,,Aggregated,0.000000,")));
    CHECK(str_starts(str_of(line_of(history, 2)), STR("1795187622,2,,Aggregated,")));
    CHECK(str_starts(str_of(line_of(history, 4)), STR("1795187624,2,,Aggregated,")));
    CHECK(strstr(line_of(history, 4), ",30,6,20,20.0,20.0,20.0,10.0") != NULL);
    CHECK(csv_finish(t.csv));
    CHECK_INT(rows(file(&t, "x_stats_history.csv")), 5); // nothing had come since
    CHECK_INT(rows(file(&t, "x_failures.csv")), 2);
    CHECK_TEXT(buf_cstr(&t.log) + str_index(buf_slice(&t.log), '\n'), "");
    end(&t);
}

TEST(the_end_is_written_too)
{
    struct test t;
    CHECK(begin(&t, 2.5, true));
    test_run_start(&t.run);
    log_one(t.run.stats, "PUT", "/late", 7, "too late", test_run_wall_s(&t.run));
    exceptions_add(&t.run.stats->exceptions, STR("m"), STR("t"), STR("local"));
    CHECK(csv_finish(t.csv));
    const char *history = file(&t, "x_stats_history.csv");
    CHECK_INT(rows(history), 1 + 1 + 2 + 2 + 3);
    CHECK(str_starts(str_of(line_of(history, 7)), STR("1795187623,0,PUT,/late,")));
    CHECK(strstr(line_of(history, 8), ",21,5,20,") != NULL);
    CHECK_INT(rows(file(&t, "x_stats.csv")), 4);
    CHECK_INT(rows(file(&t, "x_failures.csv")), 3);
    CHECK_INT(rows(file(&t, "x_exceptions.csv")), 2);
    end(&t);
}

TEST(a_bad_place_is_found_before_the_run)
{
    struct test_run run;
    struct err err = ERR_INIT;
    test_run_init(&run, 1, false);
    CHECK_INT(file_write(at("plain"), STR("x"), &err), 0);
    struct csv *c = csv_new(at("plain/x"), false, run.stats, run.runner, run.hooks, &err);
    test_run_release(&run);
    unlink(at("plain"));
    CHECK(c == NULL);
    CHECK(strstr(err.text, "/plain") != NULL);
}

TEST(folders_are_made)
{
    struct test_run run;
    struct err err = ERR_INIT;
    test_run_init(&run, 1, false);
    struct csv *c = csv_new(at("a/b/x"), false, run.stats, run.runner, run.hooks, &err);
    csv_free(c);
    test_run_release(&run);
    CHECK(c != NULL);
    CHECK_INT(unlink(at("a/b/x_stats.csv")), 0);
    CHECK_INT(unlink(at("a/b/x_stats_history.csv")), 0);
    CHECK_INT(unlink(at("a/b/x_failures.csv")), 0);
    CHECK_INT(unlink(at("a/b/x_exceptions.csv")), 0);
    CHECK_INT(rmdir(at("a/b")), 0);
    CHECK_INT(rmdir(at("a")), 0);
}

static void block_failures(struct test *t, unsigned seconds)
{
    (void)t;
    if (seconds == 2) {
        unlink(at("x_failures.csv"));
        mkdir(at("x_failures.csv"), 0777);
    }
}

TEST(one_that_fails_is_said_and_disturbs_no_other)
{
    struct test t;
    CHECK(begin(&t, 5.5, false));
    t.second = block_failures;
    test_run_start(&t.run);
    CHECK_INT(rows(buf_cstr(&t.log)), 1);
    CHECK(strstr(buf_cstr(&t.log), "/x_failures.csv: Is a directory") != NULL);
    CHECK(!csv_finish(t.csv));
    CHECK_INT(rows(buf_cstr(&t.log)), 2);
    CHECK(strstr(buf_cstr(&t.log), "It shows an earlier state, not the end of the run") != NULL);
    CHECK(strstr(file(&t, "x_stats.csv"), "\nGET,/a,50,10,") != NULL);
    CHECK_INT(rows(file(&t, "x_stats_history.csv")), 7);
    CHECK_INT(rmdir(at("x_failures.csv")), 0);
    end(&t);
}

static void check_something(struct test *t, unsigned seconds)
{
    struct metrics *m = &t->run.stats->metrics;
    metric_add_bool(m, metrics_get(m, METRIC_CHECK, STR("ok")), seconds > 2, 1);
}

TEST(checks_have_a_file_of_their_own_where_there_are_any)
{
    struct test t;
    CHECK(begin(&t, 3.5, false));
    t.second = check_something;
    test_run_start(&t.run);
    CHECK(strstr(file(&t, "x_metrics.csv"), "\ncheck,ok,3,1,2,0.33") != NULL);
    CHECK(csv_finish(t.csv));

    // An earlier run's is not left to the next.
    csv_free(t.csv);
    struct err err = ERR_INIT;
    stats_clear(t.run.stats, 1);
    t.csv = csv_new(at("x"), false, t.run.stats, t.run.runner, t.run.hooks, &err);
    CHECK(t.csv != NULL);
    CHECK_INT(rows(file(&t, "x_metrics.csv")), 1);
    CHECK(csv_finish(t.csv));
    end(&t);
}

static void block_and_free_failures(struct test *t, unsigned seconds)
{
    block_failures(t, seconds);
    if (seconds == 4)
        rmdir(at("x_failures.csv"));
}

TEST(one_that_can_be_written_again_is_whole)
{
    struct test t;
    CHECK(begin(&t, 5.5, false));
    t.second = block_and_free_failures;
    test_run_start(&t.run);
    CHECK_INT(rows(buf_cstr(&t.log)), 1);
    CHECK(strstr(file(&t, "x_failures.csv"), ",x,10,") != NULL);
    CHECK(csv_finish(t.csv));
    end(&t);

    CHECK(begin(&t, 3.5, false));
    t.second = block_failures;
    test_run_start(&t.run);
    CHECK_INT(rmdir(at("x_failures.csv")), 0);
    CHECK(csv_finish(t.csv));
    CHECK(strstr(file(&t, "x_failures.csv"), ",x,6,") != NULL);
    end(&t);
}

TEST(a_history_that_ends_ends_with_a_whole_line)
{
    struct test t;
    struct rlimit limit, small;
    CHECK_INT(getrlimit(RLIMIT_FSIZE, &limit), 0);
    CHECK(begin(&t, 30.5, false));
    signal(SIGXFSZ, SIG_IGN);
    small = (struct rlimit){.rlim_cur = 1500, .rlim_max = limit.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    test_run_start(&t.run);
    bool is_whole = csv_finish(t.csv);
    setrlimit(RLIMIT_FSIZE, &limit);
    CHECK(!is_whole);
    CHECK_INT(rows(buf_cstr(&t.log)), 1);
    CHECK(strstr(buf_cstr(&t.log), "/x_stats_history.csv: File too large. It ends before 20") !=
          NULL);
    const char *history = file(&t, "x_stats_history.csv");
    CHECK(rows(history) > 3 && rows(history) < 30);
    CHECK(str_ends(str_of(history), STR(",20.0,20.0,20.0,10.0\r\n")));
    CHECK(strstr(file(&t, "x_stats.csv"), "\nGET,/a,300,60,") != NULL);
    end(&t);
}

TEST(many_names_are_written_less_often)
{
    CHECK_INT(csv_interval_s(0), 1);
    CHECK_INT(csv_interval_s(999), 1);
    CHECK_INT(csv_interval_s(1000), 2);
    CHECK_INT(csv_interval_s(10000), 11);
}

TEST(nothing_is_left)
{
    CHECK_INT(rmdir(folder), 0);
}

TEST_MAIN(if (mkdtemp(folder) == NULL) return 1; RUN(headers_are_there_before_the_run);
          RUN(each_second_is_written); RUN(the_end_is_written_too);
          RUN(a_bad_place_is_found_before_the_run); RUN(folders_are_made);
          RUN(checks_have_a_file_of_their_own_where_there_are_any);
          RUN(one_that_fails_is_said_and_disturbs_no_other);
          RUN(one_that_can_be_written_again_is_whole);
          RUN(a_history_that_ends_ends_with_a_whole_line); RUN(many_names_are_written_less_often);
          RUN(nothing_is_left);)
