/* monitor -- how much of a core and of memory this process uses. */
// SPDX-License-Identifier: MIT
#include "run/monitor.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

#define LOG "katydid.runners"

void monitor_read(struct monitor_reading *reading)
{
    struct timespec used;
    unsigned long long all, resident;
    FILE *statm = fopen("/proc/self/statm", "r");

    *reading = (struct monitor_reading){0};
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0)
        reading->cpu_s = (double)used.tv_sec + (double)used.tv_nsec / 1e9;
    if (statm == NULL)
        return;
    if (fscanf(statm, "%llu %llu", &all, &resident) == 2)
        reading->memory_bytes = resident * (uint64_t)sysconf(_SC_PAGESIZE);
    fclose(statm);
}

static void wait_for_next(struct monitor *m)
{
    timer_start_at(m->loop, &m->timer, m->last_ns + MONITOR_INTERVAL_NS);
}

static void tell(struct monitor *m, enum hook_kind kind)
{
    struct hook what = {.kind = kind};

    what.u.usage.cpu = m->cpu_usage;
    what.u.usage.memory_bytes = m->memory_usage;
    hooks_fire(m->hooks, &what);
}

static void warn(struct monitor *m)
{
    tell(m, HOOK_CPU_WARNING);
    if (m->was_busy)
        return;
    m->was_busy = true;
    log_warning(LOG,
                "CPU usage is %.0f%% of a core: response times may be partly this process's own. "
                "Give it fewer users (-u) or longer waits, or start several of it",
                m->cpu_usage);
}

static void check(void *self)
{
    struct monitor *m = self;
    uint64_t now_ns = clock_now_ns(loop_clock(m->loop));
    struct monitor_reading now;

    m->read(&now);
    m->cpu_usage = 100 * (now.cpu_s - m->last.cpu_s) / ns_to_s(now_ns - m->last_ns);
    m->memory_usage = now.memory_bytes;
    m->last = now;
    m->last_ns = now_ns;
    wait_for_next(m);
    if (m->cpu_usage > MONITOR_LIMIT)
        warn(m);
    tell(m, HOOK_USAGE_MONITOR);
}

static void on_test_start(void *self, const struct hook *what)
{
    struct monitor *m = self;

    (void)what;
    m->was_busy = false;
}

static void on_test_stop(void *self, const struct hook *what)
{
    const struct monitor *m = self;

    (void)what;
    if (m->was_busy)
        log_warning(LOG, "CPU usage was too high at some point during the test");
}

void monitor_init(struct monitor *m, struct loop *loop, struct hooks *hooks,
                  void (*read)(struct monitor_reading *reading))
{
    *m = (struct monitor){.loop = loop, .hooks = hooks, .read = read};
    timer_init(&m->timer, check, m);
    hooks_add(hooks, HOOK_TEST_START, on_test_start, m);
    hooks_add(hooks, HOOK_TEST_STOP, on_test_stop, m);
}

void monitor_start(struct monitor *m)
{
    m->last_ns = clock_now_ns(loop_clock(m->loop));
    m->read(&m->last);
    wait_for_next(m);
}

void monitor_cancel(struct monitor *m)
{
    timer_cancel(m->loop, &m->timer);
}
