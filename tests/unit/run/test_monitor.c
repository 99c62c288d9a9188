/* test_monitor -- what a process uses, asked every ten seconds of a virtual clock. */
// SPDX-License-Identifier: MIT
#include "run/monitor.h"

#include "../check.h"
#include "fake.h"

static struct monitor_reading next; /* what the system would tell */

static void read_next(struct monitor_reading *reading)
{
    *reading = next;
}

/* What was told: "usage 50 1000, warning 95". */
static struct buf told;

static void hear(void *self, const struct hook *what)
{
    (void)self;
    if (what->kind == HOOK_CPU_WARNING)
        buf_addf(&told, "warning %.0f, ", what->u.usage.cpu);
    else
        buf_addf(&told, "usage %.0f %llu, ", what->u.usage.cpu,
                 (unsigned long long)what->u.usage.memory_bytes);
}

static void set_up(struct fake *f, struct monitor *m)
{
    static const double weights[] = {1};

    fake_init(f, weights, 1);
    buf_init(&told, 0);
    next = (struct monitor_reading){.cpu_s = 100};
    monitor_init(m, f->loop, f->hooks, read_next);
    hooks_add(f->hooks, HOOK_USAGE_MONITOR, hear, NULL);
    hooks_add(f->hooks, HOOK_CPU_WARNING, hear, NULL);
    monitor_start(m);
}

static bool tear_down(struct fake *f, struct monitor *m)
{
    monitor_cancel(m);
    buf_release(&told);
    return fake_release(f);
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;

    for (const char *p = strstr(text, what); p != NULL; p = strstr(p + 1, what))
        n++;
    return n;
}

TEST(tells_every_ten_seconds)
{
    struct fake f;
    struct monitor m;

    set_up(&f, &m);
    fake_run_to(&f, 9.9);
    CHECK_INT(told.n, 0);
    CHECK_DOUBLE(m.cpu_usage, 0, 0);
    next = (struct monitor_reading){.cpu_s = 105, .memory_bytes = 1000};
    fake_run_to(&f, 15);
    next = (struct monitor_reading){.cpu_s = 114, .memory_bytes = 2000};
    fake_run_to(&f, 25);
    CHECK_TEXT(buf_cstr(&told), "usage 50 1000, usage 90 2000, ");
    CHECK_DOUBLE(m.cpu_usage, 90, 1e-9);
    CHECK_INT(m.memory_usage, 2000);
    CHECK(tear_down(&f, &m));
}

TEST(warns_each_time_and_says_so_once_a_test)
{
    struct fake f;
    struct monitor m;

    set_up(&f, &m);
    hooks_fire_kind(f.hooks, HOOK_TEST_START);
    for (int i = 1; i <= 3; i++) {
        next.cpu_s += 9.5;
        fake_run_to(&f, 10 * i + 1);
    }
    CHECK_TEXT(buf_cstr(&told), "warning 95, usage 95 0, warning 95, usage 95 0, "
                                "warning 95, usage 95 0, ");
    CHECK_INT(count(buf_cstr(&f.log), "CPU usage is 95% of a core"), 1);
    hooks_fire_kind(f.hooks, HOOK_TEST_STOP);
    CHECK_INT(count(buf_cstr(&f.log), "CPU usage was too high"), 1);
    hooks_fire_kind(f.hooks, HOOK_TEST_START);
    hooks_fire_kind(f.hooks, HOOK_TEST_STOP);
    CHECK_INT(count(buf_cstr(&f.log), "CPU usage was too high"), 1);
    CHECK(tear_down(&f, &m));
}

TEST(what_the_system_tells)
{
    struct monitor_reading before, after;
    volatile unsigned x = 0;

    monitor_read(&before);
    for (unsigned i = 0; i < 50000000; i++)
        x += i;
    monitor_read(&after);
    CHECK(after.cpu_s > before.cpu_s);
    CHECK(after.memory_bytes > 100000);
}

TEST_MAIN(RUN(tells_every_ten_seconds); RUN(warns_each_time_and_says_so_once_a_test);
          RUN(what_the_system_tells);)
