/* usage -- CPU and the lag of our own loop: are the figures to be trusted? */
// SPDX-License-Identifier: MIT
#include "run/usage.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"

#define LOG "katydid.usage"
#define BUSY_SHARE 0.8 /* of a core: below it, it was not our work that took the time */

/* Everything so far counts no more. */
static void begin(struct usage *u)
{
    histogram_clear(&u->lag);
    u->most_descriptors = 0;
    u->has_told_descriptors = false;
    u->held_ns = u->brief_ns = u->no_descriptors = u->no_ports = 0;
    u->lag_peak = u->pause_peak = (struct usage_peak){0};
    u->start_ns = loop_now_ns(u->loop);
    u->start_cpu_ns = clock_cpu_ns();
    u->end_ns = u->cpu_ns = 0;
    u->busy = (struct usage_busy){.last_ns = u->start_ns, .last_cpu_ns = u->start_cpu_ns};
}

static void on_turn(void *self, const struct loop_times *times)
{
    usage_add_turn(self, times);
}

static void on_test_start(void *self, const struct hook *what)
{
    struct usage *u = self;

    (void)what;
    begin(u);
    u->is_on = true;
    loop_watch(u->loop, on_turn, u);
}

static void on_stats_emptied(void *self, const struct hook *what)
{
    struct usage *u = self;

    (void)what;
    if (u->is_on)
        begin(u);
}

static void on_test_stopping(void *self, const struct hook *what)
{
    struct usage *u = self;

    (void)what;
    if (!u->is_on)
        return;
    loop_watch(u->loop, NULL, NULL);
    u->is_on = false;
    u->end_ns = loop_now_ns(u->loop);
    u->cpu_ns = clock_cpu_ns() - u->start_cpu_ns;
}

void usage_set_descriptors(struct usage *u, uint64_t limit)
{
    u->descriptors_limit = limit;
}

void usage_add_descriptors(struct usage *u, uint64_t n)
{
    uint64_t left = n < u->descriptors_limit ? u->descriptors_limit - n : 0;

    if (n > u->most_descriptors)
        u->most_descriptors = n;
    if (u->has_told_descriptors ||
        (double)left > USAGE_FEW_DESCRIPTORS * (double)u->descriptors_limit)
        return;
    u->has_told_descriptors = true;
    log_warning(LOG,
                "Of the %" PRIu64 " files that this process may open, connections among them, "
                "%" PRIu64 " are left (ulimit -n)",
                u->descriptors_limit, left);
}

/* A time that was long enough is counted, and the longest of these is kept. */
static void mark(struct usage_busy *b, double to_s, double seconds)
{
    bool is_new = b->streak_s - seconds < USAGE_BUSY_S;

    b->times += is_new;
    b->all_s += is_new ? b->streak_s : seconds;
    if (b->streak_s > b->to_s - b->from_s) {
        b->from_s = b->since_s;
        b->to_s = to_s;
    }
}

void usage_add_second(struct usage *u, double seconds, double cpu_s)
{
    struct usage_busy *b = &u->busy;
    double now_s = usage_run_s(u);

    if (cpu_s < USAGE_BUSY_SHARE * seconds) {
        b->streak_s = 0;
        return;
    }
    if (b->streak_s == 0)
        b->since_s = now_s - seconds;
    b->streak_s += seconds;
    if (b->streak_s >= USAGE_BUSY_S)
        mark(b, now_s, seconds);
}

/* The lowest one that is free: as many are open as lie below it, where none was closed in between. */
static void look_at_descriptors(struct usage *u)
{
    int fd = u->descriptors_limit > 0 ? fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0) : -1;

    if (fd < 0)
        return;
    close(fd);
    usage_add_descriptors(u, (uint64_t)fd);
}

static void on_second(void *self, const struct hook *what)
{
    struct usage *u = self;
    uint64_t now_ns = loop_now_ns(u->loop), cpu_ns = clock_cpu_ns();

    (void)what;
    if (!u->is_on)
        return;
    usage_add_second(u, ns_to_s(now_ns - u->busy.last_ns), ns_to_s(cpu_ns - u->busy.last_cpu_ns));
    u->busy.last_ns = now_ns;
    u->busy.last_cpu_ns = cpu_ns;
    look_at_descriptors(u);
}

void usage_init(struct usage *u, struct loop *loop, struct hooks *hooks)
{
    *u = (struct usage){.loop = loop};
    histogram_init(&u->lag);
    hooks_add(hooks, HOOK_TEST_START, on_test_start, u);
    hooks_add(hooks, HOOK_STATS_EMPTIED, on_stats_emptied, u);
    hooks_add(hooks, HOOK_SECOND, on_second, u);
    hooks_add(hooks, HOOK_TEST_STOPPING, on_test_stopping, u);
}

void usage_release(struct usage *u)
{
    if (u->is_on)
        loop_watch(u->loop, NULL, NULL);
    histogram_release(&u->lag);
}

void usage_set_count(struct usage *u, size_t (*count_users)(void *self), void *self)
{
    u->count_users = count_users;
    u->count_self = self;
}

static void note_peak(const struct usage *u, struct usage_peak *peak, uint64_t ns)
{
    if (ns <= peak->ns)
        return;
    peak->ns = ns;
    peak->at_s = usage_run_s(u);
    peak->users = u->count_users != NULL ? u->count_users(u->count_self) : 0;
    memcpy(peak->place, u->place, sizeof peak->place);
}

void usage_add_pause(struct usage *u, uint64_t ns)
{
    if (!u->is_on)
        return;
    note_peak(u, &u->pause_peak, ns);
    u->pause_peak.place[0] = '\0'; // of no line in particular
}

void usage_note_place(struct usage *u, const char *place)
{
    snprintf(u->place, sizeof u->place, "%s", place);
}

void usage_add_no_descriptor(struct usage *u)
{
    if (u->no_descriptors++ == 0)
        log_error(LOG,
                  "Requests fail because this process may not open more files: a limit of this "
                  "machine (ulimit -n), not of the server");
}

void usage_add_no_port(struct usage *u)
{
    if (u->no_ports++ == 0)
        log_error(LOG, "Requests fail because no port is left to connect from: a limit of this "
                       "machine (net.ipv4.ip_local_port_range), not of the server");
}

double usage_lag_ms(const struct usage *u)
{
    return histogram_percentile(&u->lag, 0.99);
}

/* The loop was away for so long: all moments of that time had this lag. */
static void add_piece(struct usage *u, uint64_t ns)
{
    histogram_add_many(&u->lag, ns_to_ms(ns), ns / NS_PER_US);
    if (ns > USAGE_LIMIT_NS)
        u->held_ns += ns;
    note_peak(u, &u->lag_peak, ns);
}

void usage_add_turn(struct usage *u, const struct loop_times *times)
{
    add_piece(u, times->worked_ns);
    add_piece(u, times->late_ns);
    u->place[0] = '\0';
    if (times->worked_ns <= USAGE_LIMIT_NS)
        u->brief_ns += times->worked_ns;
    histogram_add_many(&u->lag, 0, times->waited_ns / NS_PER_US);
}

double usage_run_s(const struct usage *u)
{
    uint64_t end_ns = u->end_ns != 0 ? u->end_ns : loop_now_ns(u->loop);

    return ns_to_s(end_ns - u->start_ns);
}

static double share_of_run(const struct usage *u, uint64_t ns)
{
    double run_s = usage_run_s(u);

    return run_s > 0 ? ns_to_s(ns) / run_s : 0;
}

double usage_cpu_share(const struct usage *u)
{
    return share_of_run(u, u->cpu_ns);
}

double usage_held_share(const struct usage *u)
{
    return share_of_run(u, u->held_ns);
}

bool usage_held_is_ours(const struct usage *u)
{
    uint64_t rest_ns = u->cpu_ns > u->brief_ns ? u->cpu_ns - u->brief_ns : 0;

    return (double)rest_ns >= BUSY_SHARE * (double)u->held_ns;
}

bool usage_lag_is_high(const struct usage *u)
{
    return u->held_ns >= USAGE_LIMIT_TIME_NS && usage_held_share(u) > USAGE_LIMIT_SHARE;
}

bool usage_pause_is_high(const struct usage *u)
{
    return u->pause_peak.ns > USAGE_LIMIT_NS;
}

/* "83 ms (after 1m 12s, with 10000 users)" */
static void add_peak(struct buf *out, const struct usage_peak *peak)
{
    buf_addf(out, "%.*f ms (after ", peak->ns < 10 * NS_PER_MS ? 1 : 0, ns_to_ms(peak->ns));
    text_add_duration(out, peak->at_s);
    buf_addf(out, ", with %zu user%s", peak->users, peak->users == 1 ? "" : "s");
    if (peak->place[0] != '\0') {
        buf_add_cstr(out, ", at ");
        text_add_visible(out, str_of(peak->place), false);
    }
    buf_add_char(out, ')');
}

static void add_lag_remedy(struct buf *out, const struct usage *u)
{
    double cpu_share = usage_cpu_share(u);

    buf_addf(out, "This process used %.0f%% of a core. ", cpu_share * 100);
    if (cpu_share >= BUSY_SHARE)
        buf_add_str(out,
                    STR("Give it fewer users (-u) or longer waits; or start several, each with "
                        "a part of the users, on a core of its own"));
    else if (usage_held_is_ours(u))
        buf_add_str(
            out, STR("In those pieces that was a whole one: the script computes for long without "
                     "a wait (k.sleep(0) gives other users their turn), or many users have "
                     "theirs at once"));
    else
        buf_add_str(out,
                    STR("So something else took the time: other programs on this machine, or a "
                        "script that blocks (io.read, os.execute)"));
}

static void warn_of_lag(const struct usage *u)
{
    struct buf text = BUF_INIT;

    buf_addf(&text,
             "Response times are partly our own: for %.1f%% of the test the loop was busy for more "
             "than %.0f ms in one piece, and answers waited; the longest piece took ",
             usage_held_share(u) * 100, ns_to_ms(USAGE_LIMIT_NS));
    add_peak(&text, &u->lag_peak);
    buf_add_str(&text, STR(". "));
    add_lag_remedy(&text, u);
    log_warning(LOG, "%s", buf_cstr(&text));
    buf_release(&text);
}

static void warn_of_pause(const struct usage *u)
{
    struct buf text = BUF_INIT;

    buf_add_str(&text, STR("Lua's garbage collector held all users up for "));
    add_peak(&text, &u->pause_peak);
    buf_add_str(&text,
                STR(": it visits all users of a process in one piece. Start several processes, "
                    "each with a part of the users (-u)"));
    log_warning(LOG, "%s", buf_cstr(&text));
    buf_release(&text);
}

void usage_add_busy(struct buf *out, const struct usage *u)
{
    const struct usage_busy *b = &u->busy;

    if (b->times == 0)
        return;
    buf_addf(out, "A core was busy: this process used over %.0f%% of one from ",
             USAGE_BUSY_SHARE * 100);
    text_add_duration(out, b->from_s);
    buf_add_cstr(out, " to ");
    text_add_duration(out, b->to_s);
    buf_add_cstr(out, " of the test");
    if (b->times > 1) {
        buf_addf(out, ", %u times for %d s or more, ", b->times, USAGE_BUSY_S);
        text_add_duration(out, b->all_s);
        buf_add_cstr(out, " in all");
    }
    buf_add_cstr(out, ". Users that never wait always do that; where they wait, this machine can "
                      "make no more load");
}

void usage_add_line(struct buf *out, const struct usage *u)
{
    if (!usage_lag_is_high(u) || u->lag_peak.place[0] == '\0')
        return;
    buf_addf(out, "The script held all users up for %.0f ms at ", ns_to_ms(u->lag_peak.ns));
    text_add_visible(out, str_of(u->lag_peak.place), false);
}

static void warn_of_core(const struct usage *u)
{
    struct buf text = BUF_INIT;

    usage_add_busy(&text, u);
    log_warning(LOG, "%s", buf_cstr(&text));
    buf_release(&text);
}

static void tell_figures(const struct usage *u)
{
    log_debug(
        LOG,
        "Lag: p99 %.3f ms, longest %.3f ms; longest pause of Lua's collector %.3f ms; %.1f%% of a "
        "core",
        usage_lag_ms(u), ns_to_ms(u->lag_peak.ns), ns_to_ms(u->pause_peak.ns),
        usage_cpu_share(u) * 100);
}

void usage_tell(const struct usage *u)
{
    if (u->end_ns == 0)
        return;
    tell_figures(u);
    if (usage_lag_is_high(u))
        warn_of_lag(u);
    if (usage_pause_is_high(u))
        warn_of_pause(u);
    if (u->busy.times > 0)
        warn_of_core(u);
}
