/* test_progress -- the line on a terminal, which is a pseudo terminal here, and on a pipe. */
// SPDX-License-Identifier: MIT
#include "report/progress.h"

#include "base/log.h"
#include "report.h"
#include "run.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define END "\x1b[K"
#define CLEAR "\r" END

struct test {
    struct test_run run;
    int in, out; /* what is read here, what is written by the line */
    struct buf shown;
    struct progress *progress;
    void (*second)(struct test *t, unsigned seconds);
};

/* All that was written so far. */
static const char *shown(struct test *t)
{
    char bytes[4096];
    struct pollfd at = {.fd = t->in, .events = POLLIN};
    while (poll(&at, 1, 0) == 1 && (at.revents & POLLIN) != 0) {
        ssize_t n = read(t->in, bytes, sizeof bytes);
        if (n <= 0)
            break;
        buf_add(&t->shown, bytes, (size_t)n);
    }
    return buf_cstr(&t->shown);
}

static void on_second(void *self, unsigned seconds)
{
    struct test *t = self;
    if (t->second != NULL)
        t->second(t, seconds);
}

static void begin(struct test *t, double run_time_s)
{
    *t = (struct test){.in = -1, .out = -1};
    test_run_init(&t->run, run_time_s, false);
    t->run.second = on_second;
    t->run.self = t;
    setenv("TERM", "xterm", 1);
    unsetenv("CI");
}

static bool open_terminal(struct test *t)
{
    t->in = posix_openpt(O_RDWR | O_NOCTTY);
    if (t->in < 0 || grantpt(t->in) < 0 || unlockpt(t->in) < 0)
        return false;
    t->out = open(ptsname(t->in), O_RDWR | O_NOCTTY);
    return t->out >= 0;
}

static void resize(const struct test *t, unsigned short columns)
{
    struct winsize size = {.ws_col = columns, .ws_row = 24};
    ioctl(t->in, TIOCSWINSZ, &size);
}

static bool open_pipe(struct test *t)
{
    int ends[2];
    if (pipe(ends) < 0)
        return false;
    t->in = ends[0];
    t->out = ends[1];
    return true;
}

/* A whole run with a line; what it showed. */
static const char *run(struct test *t)
{
    t->progress = progress_new(t->run.stats, t->run.runner, t->run.hooks, t->out);
    progress_resized(t->progress); // nothing stands there yet
    test_run_start(&t->run);
    progress_free(t->progress);
    return shown(t);
}

static void end(struct test *t)
{
    test_run_release(&t->run);
    close(t->in);
    close(t->out);
    buf_release(&t->shown);
}

TEST(a_terminal_has_one_line_that_is_redrawn)
{
    struct test t;
    begin(&t, 2.25);
    CHECK(open_terminal(&t));
    CHECK_TEXT(run(&t),
               "\r[00:01/00:02] 2 users  0.0 req/s  0.0% failed  p95 -  running" END
               "\r[00:02/00:02] 2 users  0.0 req/s  0.0% failed  p95 -  running" END CLEAR);
    end(&t);
}

static void narrow(struct test *t, unsigned seconds)
{
    resize(t, seconds == 1 ? 40 : 30);
}

TEST(the_line_follows_the_terminals_width)
{
    struct test t;
    begin(&t, 2.25);
    CHECK(open_terminal(&t));
    t.second = narrow;
    CHECK_TEXT(run(&t),
               "\r[00:01/00:02] 2 users  0.0 req/s" END "\r[00:02/00:02] 2 users" END CLEAR);
    end(&t);
}

static void narrow_within(struct test *t, unsigned seconds)
{
    if (seconds == 2) {
        resize(t, 24);
        progress_resized(t->progress);
    }
}

TEST(a_line_that_stands_there_follows_the_width_at_once)
{
    struct test t;
    begin(&t, 2.25);
    CHECK(open_terminal(&t));
    resize(&t, 40);
    t.second = narrow_within; // before the second's own line
    CHECK_TEXT(run(&t), "\r[00:01/00:02] 2 users  0.0 req/s" END "\r[00:02/00:02] 2 users" END
                        "\r[00:02/00:02] 2 users" END CLEAR);
    end(&t);
}

static void say(struct test *t, unsigned seconds)
{
    (void)t;
    if (seconds == 2)
        log_print(STR("hello"), true);
}

TEST(log_lines_stand_above_it)
{
    struct test t;
    begin(&t, 2.25);
    CHECK(open_terminal(&t));
    t.second = say;
    fflush(stderr);
    int before = dup(STDERR_FILENO);
    dup2(t.out, STDERR_FILENO);
    const char *all = run(&t);
    dup2(before, STDERR_FILENO);
    close(before);
    CHECK(strstr(all, "running" END CLEAR "hello\r\n"
                      "\r[00:01/00:02] 2 users") != NULL);
    end(&t);
}

TEST(elsewhere_it_is_a_line_every_five_seconds)
{
    struct test t;
    begin(&t, 11);
    CHECK(open_pipe(&t));
    CHECK_TEXT(run(&t), "[00:05/00:11] 2 users  0.0 req/s  0.0% failed  p95 -  running\n"
                        "[00:10/00:11] 2 users  0.0 req/s  0.0% failed  p95 -  running\n");
    end(&t);
}

TEST(a_terminal_that_cannot_redraw_has_lines)
{
    static const char *const names[] = {"CI", "TERM"}, *const values[] = {"true", "dumb"};
    for (size_t i = 0; i < 2; i++) {
        struct test t;
        begin(&t, 6);
        CHECK(open_terminal(&t));
        setenv(names[i], values[i], 1);
        CHECK_TEXT(run(&t), "[00:05/00:06] 2 users  0.0 req/s  0.0% failed  p95 -  running\r\n");
        end(&t);
    }
}

TEST(a_pipe_that_nobody_reads_is_not_waited_for)
{
    struct test t;
    begin(&t, 60000);
    CHECK(open_pipe(&t));
    run(&t); // 12,000 lines of 70 bytes: many more than a pipe holds
    CHECK(t.shown.n > 4096 && t.shown.n < 700000);
    end(&t);
}

TEST_MAIN(RUN(a_terminal_has_one_line_that_is_redrawn); RUN(the_line_follows_the_terminals_width);
          RUN(a_line_that_stands_there_follows_the_width_at_once); RUN(log_lines_stand_above_it);
          RUN(elsewhere_it_is_a_line_every_five_seconds);
          RUN(a_terminal_that_cannot_redraw_has_lines);
          RUN(a_pipe_that_nobody_reads_is_not_waited_for);)
