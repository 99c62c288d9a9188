/* l_stats -- katydid.core.stats: the statistics as scripts read them, by Locust's names. */
// SPDX-License-Identifier: MIT
#include "script/core.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "script/lx.h"

/* What is read of an entry: NAN is nil. */
static double num_requests(const struct stats *s, const struct entry *e, double now_s)
{
    (void)s, (void)now_s;
    return (double)e->requests;
}

static double num_none_requests(const struct stats *s, const struct entry *e, double now_s)
{
    (void)s, (void)now_s;
    return (double)e->untimed;
}

static double num_failures(const struct stats *s, const struct entry *e, double now_s)
{
    (void)s, (void)now_s;
    return (double)e->failures;
}

static double total_response_time(const struct stats *s, const struct entry *e, double now_s)
{
    (void)s, (void)now_s;
    return e->times.sum_ms;
}

static double min_response_time(const struct stats *s, const struct entry *e, double now_s)
{
    (void)s, (void)now_s;
    return e->times.count > 0 ? e->times.min_ms : NAN;
}

static double max_response_time(const struct stats *s, const struct entry *e, double now_s)
{
    (void)s, (void)now_s;
    return e->times.count > 0 ? e->times.max_ms : 0;
}

static double avg_response_time(const struct stats *s, const struct entry *e, double now_s)
{
    (void)s, (void)now_s;
    return entry_average(e);
}

static double median_response_time(const struct stats *s, const struct entry *e, double now_s)
{
    (void)s, (void)now_s;
    return entry_median(e);
}

static double total_content_length(const struct stats *s, const struct entry *e, double now_s)
{
    (void)s, (void)now_s;
    return (double)e->content_length;
}

static double avg_content_length(const struct stats *s, const struct entry *e, double now_s)
{
    (void)s, (void)now_s;
    return entry_average_length(e);
}

static double fail_ratio(const struct stats *s, const struct entry *e, double now_s)
{
    (void)s, (void)now_s;
    return entry_fail_ratio(e);
}

static double current_rps(const struct stats *s, const struct entry *e, double now_s)
{
    (void)s;
    return entry_current_rate(e, now_s);
}

static double current_fail_per_sec(const struct stats *s, const struct entry *e, double now_s)
{
    (void)s;
    return entry_current_failure_rate(e, now_s);
}

static double total_rps(const struct stats *s, const struct entry *e, double now_s)
{
    (void)now_s;
    return stats_total_rate(s, e);
}

static double total_fail_per_sec(const struct stats *s, const struct entry *e, double now_s)
{
    (void)now_s;
    return stats_total_failure_rate(s, e);
}

static double start_time(const struct stats *s, const struct entry *e, double now_s)
{
    (void)s, (void)now_s;
    return e->start_s;
}

static double last_request_timestamp(const struct stats *s, const struct entry *e, double now_s)
{
    (void)s, (void)now_s;
    return e->last_s > 0 ? e->last_s : NAN;
}

static const struct {
    const char *name;
    double (*read)(const struct stats *s, const struct entry *e, double now_s);
} fields[] = {{"num_requests", num_requests},
              {"num_none_requests", num_none_requests},
              {"num_failures", num_failures},
              {"total_response_time", total_response_time},
              {"min_response_time", min_response_time},
              {"max_response_time", max_response_time},
              {"avg_response_time", avg_response_time},
              {"median_response_time", median_response_time},
              {"total_content_length", total_content_length},
              {"avg_content_length", avg_content_length},
              {"fail_ratio", fail_ratio},
              {"current_rps", current_rps},
              {"current_fail_per_sec", current_fail_per_sec},
              {"total_rps", total_rps},
              {"total_fail_per_sec", total_fail_per_sec},
              {"start_time", start_time},
              {"last_request_timestamp", last_request_timestamp}};
#define N_FIELDS (sizeof fields / sizeof fields[0])

static struct stats *stats_of(lua_State *L)
{
    return core_vm(L)->options.stats;
}

static double wall_s(lua_State *L)
{
    return clock_wall_s(loop_clock(core_vm(L)->options.loop));
}

/* The entry of the method and name at arg and arg + 1, or of nil and nil the total; NULL: none. */
static struct entry *entry_at(lua_State *L, int arg)
{
    struct stats *s = stats_of(L);
    if (lua_isnoneornil(L, arg))
        return s->total;
    return stats_find(s, lx_check_str(L, arg), lx_check_str(L, arg + 1));
}

static int push_number_or_nil(lua_State *L, double value)
{
    if (isnan(value))
        lua_pushnil(L);
    else
        lua_pushnumber(L, value);
    return 1;
}

/* read(method, name, field) -> number or nil */
static int l_read(lua_State *L)
{
    struct str field = lx_check_str(L, 3);
    size_t i = 0;
    while (i < N_FIELDS && !str_equal(field, str_of(fields[i].name)))
        i++;
    if (i == N_FIELDS)
        return luaL_argerror(L, 3, "no such field of an entry");
    const struct entry *e = entry_at(L, 1);
    if (e != NULL)
        return push_number_or_nil(L, fields[i].read(stats_of(L), e, wall_s(L)));
    struct entry *empty = entry_new(STR_EMPTY, STR_EMPTY, wall_s(L), false);
    double value = fields[i].read(stats_of(L), empty, wall_s(L));
    entry_free(empty);
    return push_number_or_nil(L, value);
}

/* percentile(method, name, share) -> ms */
static int l_percentile(lua_State *L)
{
    const struct entry *e = entry_at(L, 1);
    double share = luaL_checknumber(L, 3);
    lua_pushnumber(L, e != NULL ? entry_percentile(e, share) : 0);
    return 1;
}

/* current_percentile(method, name, share) -> ms or nil */
static int l_current_percentile(lua_State *L)
{
    const struct entry *e = entry_at(L, 1);
    double share = luaL_checknumber(L, 3);
    if (e == NULL || e->recent == NULL)
        return 0;
    struct histogram current;
    histogram_init(&current);
    entry_current_times(e, &current);
    if (current.count > 0)
        lua_pushnumber(L, histogram_percentile(&current, share));
    else
        lua_pushnil(L);
    histogram_release(&current);
    return 1;
}

static void set_text(lua_State *L, const char *field, const char *text)
{
    lua_pushstring(L, text);
    lua_setfield(L, -2, field);
}

static void set_number(lua_State *L, const char *field, double value)
{
    lua_pushnumber(L, value);
    lua_setfield(L, -2, field);
}

/* names, as light userdata of the array, n -> list of { method, name }. [-2, +1, e] */
static int push_names(lua_State *L)
{
    struct entry *const *sorted = lua_touserdata(L, 1);
    size_t n = (size_t)lua_tonumber(L, 2);
    lua_createtable(L, (int)n, 0);
    for (size_t i = 0; i < n; i++) {
        lua_createtable(L, 0, 2);
        set_text(L, "method", sorted[i]->method);
        set_text(L, "name", sorted[i]->name);
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

/* names() -> list of { method, name }, sorted as every table is */
static int l_names(lua_State *L)
{
    size_t n;
    struct entry **sorted = stats_sorted(stats_of(L), &n);
    lua_pushcfunction(L, push_names);
    lua_pushlightuserdata(L, sorted);
    lua_pushnumber(L, (double)n);
    int rc = lua_pcall(L, 2, 1, 0);
    free(sorted);
    return rc == 0 ? 1 : lua_error(L);
}

/* errors() -> list, in order of first occurrence */
static int l_errors(lua_State *L)
{
    struct failure *f, *next;
    int n = 0;
    lua_newtable(L);
    HASH_ITER (hh, stats_of(L)->failures.all, f, next) {
        lua_createtable(L, 0, 6);
        set_text(L, "method", f->method);
        set_text(L, "name", f->name);
        set_text(L, "error", f->text);
        set_number(L, "occurrences", (double)f->count);
        set_number(L, "first_seen", f->first_s);
        set_number(L, "last_seen", f->last_s);
        lua_rawseti(L, -2, ++n);
    }
    return 1;
}

/* exceptions() -> list, in order of first occurrence */
static int l_exceptions(lua_State *L)
{
    struct exception *x, *next;
    int n = 0;
    lua_newtable(L);
    HASH_ITER (hh, stats_of(L)->exceptions.all, x, next) {
        lua_createtable(L, 0, 4);
        set_text(L, "msg", x->message);
        set_text(L, "traceback", x->traceback);
        set_text(L, "nodes", x->nodes);
        set_number(L, "count", (double)x->count);
        lua_rawseti(L, -2, ++n);
    }
    return 1;
}

/* log_error(method, name, text) */
static int l_log_error(lua_State *L)
{
    struct stats *s = stats_of(L);
    struct str text = lx_check_str(L, 3);
    double now_s = wall_s(L);
    struct entry *e = stats_entry(s, lx_check_str(L, 1), lx_check_str(L, 2), now_s);
    stats_log_failure(s, e, text.n > 0 ? text : STR("(a failure without a text)"), now_s);
    return 0;
}

/* clear(): no entry is left */
static int l_clear(lua_State *L)
{
    stats_clear(stats_of(L), wall_s(L));
    hooks_fire_kind(core_vm(L)->options.hooks, HOOK_STATS_EMPTIED);
    return 0;
}

/* reset(): the entries stay, with zeros */
static int l_reset(lua_State *L)
{
    stats_reset(stats_of(L), wall_s(L));
    hooks_fire_kind(core_vm(L)->options.hooks, HOOK_STATS_EMPTIED);
    return 0;
}

static const luaL_Reg stats_functions[] = {{"read", l_read},
                                           {"percentile", l_percentile},
                                           {"current_percentile", l_current_percentile},
                                           {"names", l_names},
                                           {"errors", l_errors},
                                           {"exceptions", l_exceptions},
                                           {"log_error", l_log_error},
                                           {"clear", l_clear},
                                           {"reset", l_reset},
                                           {NULL, NULL}};

/* With `fields`: the list of names that read knows. */
void l_stats_open(lua_State *L, struct vm *vm)
{
    core_new_table(L, vm, stats_functions);
    lua_createtable(L, (int)N_FIELDS, 0);
    for (size_t i = 0; i < N_FIELDS; i++) {
        lua_pushstring(L, fields[i].name);
        lua_rawseti(L, -2, (int)i + 1);
    }
    lua_setfield(L, -2, "fields");
}
