/* stats -- all entries and their total, the failures, the exceptions, the history, the metrics. */
// SPDX-License-Identifier: MIT
#include "stats/stats.h"

#include "base/apart.h"
#include "base/log.h"
#include "base/mem.h"
#include "stats/label.h"
#include "stats/slots.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LOGGER "katydid.stats"

struct stats *stats_new(double now_s, bool keep_recent)
{
    struct stats *s = xcalloc(1, sizeof *s);
    s->total = entry_new(STR_EMPTY, STR_EMPTY, now_s, true);
    s->names_limit = STATS_NAMES_DEFAULT;
    s->keep_recent = keep_recent;
    failures_init(&s->failures);
    exceptions_init(&s->exceptions);
    history_init(&s->history);
    metrics_init(&s->metrics, STATS_NAMES_DEFAULT);
    return s;
}

void stats_limit_names(struct stats *s, size_t limit)
{
    s->names_limit = s->metrics.limit = limit;
}

static void drop_entries(struct stats *s)
{
    struct entry *e, *next;
    HASH_ITER (hh, s->entries, e, next) {
        HASH_DEL(s->entries, e);
        entry_free(e);
    }
    memset(s->last_used, 0, sizeof(s->last_used));
    s->n_entries = 0;
    s->other = s->other_transaction = NULL;
    s->generation++;
}

void stats_free(struct stats *s)
{
    if (s == NULL)
        return;
    slots_free(s->slots);
    drop_entries(s);
    entry_free(s->total);
    failures_release(&s->failures);
    exceptions_release(&s->exceptions);
    history_release(&s->history);
    metrics_release(&s->metrics);
    buf_release(&s->key);
    free(s);
}

/* Method, NUL, name, as entries have it for their key; *method_n is the first's length. */
static void add_key(struct buf *key, struct str method, struct str name, size_t *method_n)
{
    label_add(key, method, STATS_NAME_LIMIT, STR_EMPTY);
    *method_n = key->n;
    buf_add_char(key, '\0');
    label_add(key, name, STATS_NAME_LIMIT, STR_EMPTY);
}

static struct entry *find(const struct stats *s, const struct buf *key)
{
    struct entry *found;
    HASH_FIND(hh, s->entries, key->p, key->n, found);
    return found;
}

static struct entry *make(struct stats *s, struct str method, struct str name, double now_s)
{
    struct entry *e = entry_new(method, name, now_s, s->keep_recent);
    e->counted_from_s = s->total->start_s;
    HASH_ADD_KEYPTR(hh, s->entries, e->key, e->key_n, e);
    s->n_entries++;
    return e;
}

/* The one beyond the cap, which is told of when it begins. */
static struct entry *other(struct stats *s, struct str method, double now_s)
{
    bool is_transaction = str_equal(method, STR(ENTRY_TRANSACTION));
    struct entry **other = is_transaction ? &s->other_transaction : &s->other;
    if (*other != NULL)
        return *other;
    method = is_transaction ? method : STR_EMPTY;
    *other = stats_find(s, method, STR(STATS_OTHER_NAME));
    if (*other == NULL)
        *other = make(s, method, STR(STATS_OTHER_NAME), now_s);
    (*other)->is_other = true;
    log_warning(LOGGER,
                "There are more than %zu names: further %s are counted together, as "
                "\"" STATS_OTHER_NAME "\". %s, or raise --max-names",
                s->names_limit, is_transaction ? "transactions" : "requests",
                is_transaction
                    ? "Give transactions names without an id in them"
                    : "Give requests to URLs with an id one name (name = \"/items/[id]\")");
    return *other;
}

static uint64_t word_at(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

/* The last eight bytes of a text as a number, of a shorter one all: with its length it then tells it
 * from every other. */
static inline uint64_t last_bytes(struct str text)
{
    if (text.n >= 8)
        return word_at(text.p + text.n - 8);
    if (text.n >= 4) {
        uint32_t first, last;
        memcpy(&first, text.p, sizeof first);
        memcpy(&last, text.p + text.n - sizeof last, sizeof last);
        return first | (uint64_t)last << 32;
    }
    if (text.n >= 2) {
        uint16_t first, last;
        memcpy(&first, text.p, sizeof first);
        memcpy(&last, text.p + text.n - sizeof last, sizeof last);
        return first | (uint64_t)last << 16;
    }
    return text.n > 0 ? (unsigned char)text.p[0] : 0;
}

/* Cheap, and good enough for the names of a script: eight bytes at a time, multiplied. */
static size_t quick_hash(uint64_t method_end, struct str name, uint64_t name_end)
{
    const uint64_t factor = 0x9e3779b97f4a7c15u; // odd: no byte's difference is lost
    uint64_t hash = method_end * factor;
    for (size_t i = 0; i + 8 < name.n; i += 8)
        hash = (hash ^ word_at(name.p + i)) * factor;
    return (hash ^ name_end) * factor >> (64 - STATS_LAST_USED_BITS);
}

/* But for their last eight bytes. */
static bool begin_alike(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i + 8 < n; i += 8) {
        if (word_at(a + i) != word_at(b + i))
            return false;
    }
    return true;
}

static struct entry *find_or_make(struct stats *s, struct str method, struct str name, double now_s)
{
    size_t method_n;
    buf_clear(&s->key);
    add_key(&s->key, method, name, &method_n);
    struct entry *e = find(s, &s->key);
    if (e != NULL)
        return e;
    if (s->n_entries >= s->names_limit)
        return other(s, method, now_s);
    struct str key = buf_slice(&s->key);
    return make(s, str_slice(key, 0, method_n), str_slice(key, method_n + 1, key.n), now_s);
}

/* The entry that was asked for by these texts; NULL: it has to be looked for. */
static TAKEN_IN struct entry *find_used(const struct stats *s, struct str method, struct str name)
{
    uint64_t method_end = last_bytes(method), name_end = last_bytes(name);
    const struct stats_used *used = &s->last_used[quick_hash(method_end, name, name_end)];
    if (used->name_end != name_end || used->method_end != method_end || used->name_n != name.n ||
        used->method_n != method.n)
        return NULL;
    if ((name.n | method.n) >= 8 && !(begin_alike(used->entry->name, name.p, name.n) &&
                                      begin_alike(used->entry->method, method.p, method.n)))
        return NULL;
    return used->entry;
}

struct entry *stats_entry(struct stats *s, struct str method, struct str name, double now_s)
{
    struct entry *e = find_used(s, method, name);
    if (e != NULL)
        return e;
    e = find_or_make(s, method, name, now_s);
    uint64_t method_end = last_bytes(method), name_end = last_bytes(name);
    if (str_equal(str_make(e->method, e->method_n), method) &&
        str_equal(str_make(e->name, e->name_n), name))
        s->last_used[quick_hash(method_end, name, name_end)] =
            (struct stats_used){e, method_end, name_end, (uint32_t)method.n, (uint32_t)name.n};
    return e;
}

struct entry *stats_find(const struct stats *s, struct str method, struct str name)
{
    struct buf key = BUF_INIT;
    size_t method_n;
    add_key(&key, method, name, &method_n);
    struct entry *e = find(s, &key);
    buf_release(&key);
    return e;
}

bool stats_log_quickly(struct stats *s, struct str method, struct str name, double ms,
                       uint64_t length, double now_s)
{
    struct entry *e = find_used(s, method, name);
    return e != NULL && !e->is_transaction && !e->is_other &&
           entry_log_quickly(e, s->total, ms, length, now_s);
}

void stats_log(struct stats *s, struct entry *e, bool timed, double ms, uint64_t length,
               struct str failure, double now_s)
{
    entry_log(e, timed, ms, length, now_s);
    if (!e->is_transaction)
        entry_log(s->total, timed, ms, length, now_s);
    if (e->is_other)
        s->names_left_out++;
    if (failure.n > 0)
        stats_log_failure(s, e, failure, now_s);
}

void stats_log_failure(struct stats *s, struct entry *e, struct str failure, double now_s)
{
    entry_log_failure(e, now_s);
    if (!e->is_transaction)
        entry_log_failure(s->total, now_s);
    failures_add(&s->failures, str_of(e->method), str_of(e->name), failure, now_s);
}

static void empty(struct stats *s, double now_s)
{
    entry_reset(s->total, now_s);
    failures_clear(&s->failures);
    exceptions_clear(&s->exceptions);
    history_clear(&s->history);
    s->in_flight_at_end = s->transactions_cut_off = s->names_left_out = 0;
    s->emptied++;
    if (s->slots != NULL)
        slots_clear(s->slots, now_s);
}

void stats_clear(struct stats *s, double now_s)
{
    drop_entries(s);
    empty(s, now_s);
    metrics_clear(&s->metrics);
}

void stats_reset(struct stats *s, double now_s)
{
    struct entry *e, *next;
    HASH_ITER (hh, s->entries, e, next)
        entry_reset(e, now_s);
    empty(s, now_s);
    metrics_reset(&s->metrics);
}

void stats_tick(struct stats *s, uint64_t users, double now_s)
{
    entry_tick(s->total);
    struct entry *e, *next;
    if (s->keep_recent) {
        HASH_ITER (hh, s->entries, e, next)
            entry_tick(e);
    }
    static const double shares[] = {0.50, 0.95};
    double percentiles[2];
    struct histogram current = {0};
    entry_current_times(s->total, &current);
    histogram_percentiles(&current, shares, 2, percentiles);
    histogram_release(&current);

    history_add(&s->history, &(struct history_sample){
                                 .at_s = now_s,
                                 .users = users,
                                 .requests = s->total->requests,
                                 .failures = s->total->failures,
                                 .rate = entry_current_rate(s->total, now_s),
                                 .failure_rate = entry_current_failure_rate(s->total, now_s),
                                 .p50_ms = percentiles[0],
                                 .p95_ms = percentiles[1],
                                 .average_ms = entry_average(s->total),
                             });
}

static int by_name(const void *a, const void *b)
{
    const struct entry *x = *(struct entry *const *)a, *y = *(struct entry *const *)b;
    int order = strcmp(x->name, y->name);
    return order != 0 ? order : strcmp(x->method, y->method);
}

struct entry **stats_sorted(const struct stats *s, size_t *n)
{
    struct entry **sorted = xreallocarray(NULL, s->n_entries + 1, sizeof *sorted);
    struct entry *e, *next;
    *n = 0;
    HASH_ITER (hh, s->entries, e, next)
        sorted[(*n)++] = e;
    qsort(sorted, *n, sizeof *sorted, by_name);
    return sorted;
}

double stats_seconds(const struct stats *s)
{
    double last_s = fmax(s->total->last_s, s->metrics.last_s);
    struct entry *e, *next;
    HASH_ITER (hh, s->entries, e, next) {
        if (e->is_transaction)
            last_s = fmax(last_s, e->last_s);
    }
    return fmax(last_s - s->total->start_s, 0);
}

/* A transaction may end after the last request. */
static double over_the_run(const struct stats *s, const struct entry *e, uint64_t count)
{
    double seconds = fmax(s->total->last_s, e->last_s) - s->total->start_s;
    return seconds > 0 ? (double)count / seconds : 0;
}

double stats_total_rate(const struct stats *s, const struct entry *e)
{
    return over_the_run(s, e, e->requests);
}

double stats_total_failure_rate(const struct stats *s, const struct entry *e)
{
    return over_the_run(s, e, e->failures);
}
