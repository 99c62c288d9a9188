/* slots -- what each entry counted in each ten seconds. */
// SPDX-License-Identifier: MIT
#include "stats/slots.h"

#include "base/mem.h"
#include "stats/pairs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A slot of a histogram that isn't empty, in eight bytes instead of 8 KB for a block. */
struct known_count {
    uint64_t slot : 16, count : 48;
};

/* What was known of an entry when the slot before ended. */
struct slots_known {
    uint64_t requests, failures, content_length;
    double sum_ms;
    struct known_count *times;
    size_t n;
};

struct slots *slots_new(double start_s, size_t limit)
{
    struct slots *s = xcalloc(1, sizeof *s);
    s->start_s = start_s;
    s->spawned_s = -1;
    s->seconds = SLOTS_SECONDS;
    s->limit = limit;
    return s;
}

static void release_slot(struct slot *slot)
{
    for (size_t i = 0; i < slot->n; i++)
        free(slot->rows[i].times);
    free(slot->rows);
}

void slots_clear(struct slots *s, double start_s)
{
    size_t limit = s->limit;
    for (size_t i = 0; i < s->n; i++)
        release_slot(&s->all[i]);
    for (size_t i = 0; i < s->n_entries; i++)
        free(s->known[i].times);
    free(s->all);
    free((void *)s->entries);
    free(s->known);
    *s = (struct slots){
        .start_s = start_s, .spawned_s = -1, .seconds = SLOTS_SECONDS, .limit = limit};
}

void slots_free(struct slots *s)
{
    if (s == NULL)
        return;
    slots_clear(s, 0);
    free(s);
}

/* From the end on: the one that is asked for is mostly among the last. */
size_t slots_index(const struct slots *s, const struct entry *e)
{
    for (size_t i = s->n_entries; i > 0; i--)
        if (s->entries[i - 1] == e)
            return i - 1;
    return SIZE_MAX;
}

void slots_add_entry(struct slots *s, const struct entry *e)
{
    if (s->n_entries == s->entries_capacity) {
        s->entries_capacity = s->entries_capacity > 0 ? 2 * s->entries_capacity : 64;
        s->entries = xreallocarray((void *)s->entries, s->entries_capacity, sizeof s->entries[0]);
        s->known = xreallocarray(s->known, s->entries_capacity, sizeof s->known[0]);
    }
    s->entries[s->n_entries] = e;
    s->known[s->n_entries++] = (struct slots_known){0};
}

uint32_t slots_entry(struct slots *s, const struct entry *e)
{
    size_t i = slots_index(s, e);
    if (i == SIZE_MAX) {
        i = s->n_entries;
        slots_add_entry(s, e);
    }
    return (uint32_t)i;
}

struct slot *slots_add(struct slots *s, double from_s, double to_s, uint64_t users)
{
    if (s->n == s->capacity) {
        s->capacity = s->capacity > 0 ? 2 * s->capacity : 16;
        s->all = xreallocarray(s->all, s->capacity, sizeof s->all[0]);
    }
    s->all[s->n] = (struct slot){.from_s = from_s, .to_s = to_s, .users = users};
    return &s->all[s->n++];
}

/* Where the row of this entry is, or would be. */
static size_t place_of(const struct slot *slot, uint32_t entry)
{
    size_t low = 0, high = slot->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (slot->rows[middle].entry < entry)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t row_bytes(const struct slot_row *row)
{
    return SLOTS_ROW_BYTES + strlen(row->times);
}

/* The row is taken. */
static void insert_row(struct slots *s, struct slot *slot, size_t at, struct slot_row row)
{
    if (slot->n == slot->capacity) {
        slot->capacity = slot->capacity > 0 ? 2 * slot->capacity : 8;
        slot->rows = xreallocarray(slot->rows, slot->capacity, sizeof slot->rows[0]);
    }
    memmove(slot->rows + at + 1, slot->rows + at, (slot->n - at) * sizeof row);
    slot->rows[at] = row;
    slot->n++;
    s->bytes += row_bytes(&row);
}

static double round_us(double ms)
{
    return rint(ms * 1000) / 1000;
}

/* The counts of two texts together. A text that was not made here is checked by its reader. */
static int add_texts(struct buf *out, struct str a, struct str b, struct err *err)
{
    struct histogram sum = {0};
    int rc = pairs_read_histogram(&sum, a, err);
    if (rc == 0)
        rc = pairs_read_histogram(&sum, b, err);
    if (rc == 0)
        pairs_add_histogram(out, &sum);
    histogram_release(&sum);
    return rc;
}

static void add_to(struct slot_row *there, const struct slot_row *row)
{
    there->requests += row->requests;
    there->failures += row->failures;
    there->content_length += row->content_length;
    there->sum_ms = round_us(there->sum_ms + row->sum_ms);
    there->coarse = there->coarse > row->coarse ? there->coarse : row->coarse;
}

int slots_add_row(struct slots *s, struct slot *slot, const struct slot_row *row, struct err *err)
{
    size_t at = place_of(slot, row->entry);
    if (at == slot->n || slot->rows[at].entry != row->entry) {
        if (pairs_check_histogram(str_of(row->times), err) < 0)
            return -1;
        struct slot_row copy = *row;
        copy.times = xstrdup(row->times);
        insert_row(s, slot, at, copy);
        return 0;
    }
    struct slot_row *there = &slot->rows[at];
    struct buf times = BUF_INIT;
    if (add_texts(&times, str_of(there->times), str_of(row->times), err) < 0) {
        buf_release(&times);
        return -1;
    }
    s->bytes -= row_bytes(there);
    free(there->times);
    there->times = buf_detach(&times);
    add_to(there, row);
    s->bytes += row_bytes(there);
    return 0;
}

/* What came since, as text; and the new state instead of the old one. */
static void take_times(struct slots_known *known, const struct histogram *h, struct buf *out)
{
    struct buf now = BUF_INIT;
    size_t i = 0, before = 0;
    uint64_t count;
    buf_reserve(&now, (known->n + 16) * sizeof(struct known_count));
    for (size_t slot = histogram_next(h, 0, &count); slot < HISTOGRAM_SLOTS;
         slot = histogram_next(h, slot + 1, &count)) {
        struct known_count one = {.slot = slot, .count = count};
        buf_add(&now, &one, sizeof one);
        while (i < known->n && known->times[i].slot < slot)
            i++;
        uint64_t old = i < known->n && known->times[i].slot == slot ? known->times[i].count : 0;
        if (count <= old)
            continue;
        pairs_add(out, 0, slot - before, count - old);
        before = slot;
    }
    free(known->times);
    known->n = now.n / sizeof(struct known_count);
    known->times = (void *)buf_detach(&now);
}

static void take_entry(struct slots *s, struct slot *slot, size_t which)
{
    const struct entry *e = s->entries[which];
    struct slots_known *known = &s->known[which];
    struct buf times = BUF_INIT;
    if (e->requests == known->requests && e->failures == known->failures)
        return;
    take_times(known, &e->times, &times);
    struct slot_row row = {
        .entry = (uint32_t)which,
        .requests = e->requests - known->requests,
        .failures = e->failures - known->failures,
        .content_length = e->content_length - known->content_length,
        .sum_ms = round_us(e->times.sum_ms) - known->sum_ms,
        .times = buf_detach(&times),
    };
    row.sum_ms = round_us(row.sum_ms);
    insert_row(s, slot, place_of(slot, row.entry), row);
    known->requests = e->requests;
    known->failures = e->failures;
    known->content_length = e->content_length;
    known->sum_ms = round_us(e->times.sum_ms);
}

/* In which piece of the time axis a moment lies. */
static double cell_of(const struct slots *s, double at_s)
{
    return floor(at_s / s->seconds);
}

static double end_of(const struct slots *s)
{
    return s->n > 0 ? s->all[s->n - 1].to_s : 0;
}

/* Entries come at the end of their table, and none goes but by slots_clear. */
static void find_new_entries(struct slots *s, struct entry *first)
{
    const struct entry *e = s->n_entries > 0 ? s->entries[s->n_entries - 1]->hh.next : first;
    for (; e != NULL; e = e->hh.next)
        slots_add_entry(s, e);
}

static void begin_taking(struct slots *s, struct entry *first, uint64_t users, double to_s)
{
    find_new_entries(s, first);
    slots_add(s, end_of(s), to_s, users);
    s->next = 0;
    s->is_taking = true;
}

bool slots_tick(struct slots *s, struct entry *first, uint64_t users, double now_s)
{
    double to_s = round_us(now_s - s->start_s), from_s = end_of(s);
    // Half a second early is on time: the next look would be half a second late.
    if (s->is_taking || cell_of(s, to_s + 0.5) <= cell_of(s, from_s + 0.5))
        return s->is_taking;
    begin_taking(s, first, users, to_s);
    return true;
}

#define COARSEST 2

/* Of so many neighbours one is made: a power of two, smaller where slots are few microseconds. */
static size_t coarse_width(size_t slot, unsigned level)
{
    size_t most = level == 1 ? 8 : 32, width = 1;
    while (width < most && width * 2 <= slot * most / 1024)
        width *= 2;
    return width;
}

static void make_coarse(struct slots *s, struct slot_row *row)
{
    struct buf out = BUF_INIT;
    struct str rest = str_of(row->times);
    uint64_t gap, count, sum = 0;
    size_t slot = 0, present = 0, before = 0;
    s->bytes -= row_bytes(row);
    while (pairs_take(&rest, &gap, &count) == 1) {
        slot += (size_t)gap;
        size_t width = coarse_width(slot, s->coarse), middle = slot / width * width + width / 2;
        if (sum > 0 && middle != present) {
            pairs_add(&out, 0, present - before, sum);
            before = present;
            sum = 0;
        }
        present = middle;
        sum += count;
    }
    if (sum > 0)
        pairs_add(&out, 0, present - before, sum);
    free(row->times);
    row->times = buf_detach(&out);
    row->coarse = s->coarse;
    s->bytes += row_bytes(row);
}

/* The oldest row that can still become coarse, but for the last slot's. */
static bool work_coarse(struct slots *s)
{
    for (; s->coarse_slot + 1 < s->n; s->coarse_slot++, s->coarse_row = 0) {
        struct slot *slot = &s->all[s->coarse_slot];
        while (s->coarse_row < slot->n) {
            struct slot_row *row = &slot->rows[s->coarse_row++];
            if (row->coarse >= s->coarse)
                continue;
            make_coarse(s, row);
            return true;
        }
    }
    return false;
}

static bool are_one(const struct slots *s, const struct slot *a, const struct slot *b)
{
    return cell_of(s, a->from_s + 0.5) == cell_of(s, b->from_s + 0.5);
}

/* Two neighbours of one cell, row by row from the later to the earlier. */
static bool work_merge(struct slots *s)
{
    size_t i = 0;
    while (i + 1 < s->n && !are_one(s, &s->all[i], &s->all[i + 1]))
        i++;
    if (i + 1 >= s->n)
        return false;
    struct slot *into = &s->all[i], *from = &s->all[i + 1];
    if (from->n > 0) {
        struct slot_row row = from->rows[--from->n];
        s->bytes -= row_bytes(&row);
        int rc = slots_add_row(s, into, &row, NULL);
        if (rc < 0)
            BUG("a row that can't be read");
        free(row.times);
        return true;
    }
    into->to_s = from->to_s;
    into->users = from->users > into->users ? from->users : into->users;
    release_slot(from);
    s->n--;
    memmove(from, from + 1, (s->n - i - 1) * sizeof *from);
    s->coarse_slot = s->coarse_row = 0;
    return true;
}

bool slots_work(struct slots *s)
{
    if (s->is_taking) {
        if (s->next < s->n_entries)
            take_entry(s, &s->all[s->n - 1], s->next++);
        s->is_taking = s->next < s->n_entries;
        return true;
    }
    if (work_merge(s))
        return true;
    if (s->bytes <= s->limit)
        return false;
    if (work_coarse(s))
        return true;
    if (s->coarse < COARSEST) {
        s->coarse++;
        s->coarse_slot = s->coarse_row = 0;
        return true;
    }
    if (s->n < 3)
        return false;
    s->seconds *= 2;
    return true;
}

void slots_finish(struct slots *s, struct entry *first, uint64_t users, double now_s)
{
    while (s->is_taking)
        slots_work(s);
    begin_taking(s, first, users, fmax(round_us(now_s - s->start_s), end_of(s)));
    while (slots_work(s))
        continue;
    struct slot *last = &s->all[s->n - 1];
    if (last->n == 0 && s->n > 1) {
        release_slot(last);
        s->n--;
    }
}

uint64_t slots_row_count(const struct slot_row *row)
{
    struct str rest = str_of(row->times);
    uint64_t gap, count, sum = 0;
    while (pairs_take(&rest, &gap, &count) == 1)
        sum += count;
    return sum;
}

void slots_row_times(const struct slots *s, const struct slot_row *row, struct histogram *into)
{
    const struct histogram *whole = &s->entries[row->entry]->times;
    struct histogram h = {0};
    int rc = pairs_read_histogram(&h, str_of(row->times), NULL);
    if (rc < 0)
        BUG("a row that can't be read");
    if (h.count > 0) {
        h.sum_ms = row->sum_ms;
        h.min_ms = fmin(fmax(h.min_ms, whole->min_ms), whole->max_ms);
        h.max_ms = fmin(fmax(h.max_ms, whole->min_ms), whole->max_ms);
    }
    histogram_merge(into, &h);
    histogram_release(&h);
}

const struct slot_row *slots_find(const struct slots *s, const struct slot *slot,
                                  const struct entry *e)
{
    size_t which = slots_index(s, e);
    if (which == SIZE_MAX)
        return NULL;
    size_t at = place_of(slot, (uint32_t)which);
    return at < slot->n && slot->rows[at].entry == which ? &slot->rows[at] : NULL;
}
