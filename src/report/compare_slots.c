/* compare_slots -- the slots of a run that are compared, cut into batches. */
// SPDX-License-Identifier: MIT
#include "report/compare_slots.h"

#include <string.h>

/* The first slot of the longest end of the run at whose begin all users were there. */
static size_t steady_from(const struct slots *s, size_t to)
{
    uint64_t most = 0;
    size_t i = to;
    for (size_t j = 0; j < to; j++)
        most = s->all[j].users > most ? s->all[j].users : most;
    // Those at a slot's begin are those at the end of the one before it; at the first one's there was nobody.
    while (i > 1 && s->all[i - 2].users == most)
        i--;
    return i;
}

void compare_slots_choose(struct compare_slots *s, const struct stats *stats)
{
    *s = (struct compare_slots){.slots = stats->slots, .to = stats->slots->n};
    if (s->to > 1) {
        const struct slot *last = &s->slots->all[s->to - 1];
        if (last->to_s - last->from_s < s->slots->seconds / 2.0)
            s->to--;
    }
    size_t from = steady_from(s->slots, s->to), left = s->to - from;
    if (left * 2 >= s->to && left >= COMPARE_BATCHES_LEAST)
        s->from = from;
    left = s->to - s->from;
    s->batches = left < COMPARE_BATCHES ? left : COMPARE_BATCHES;
}

static void add_row(const struct compare_slots *s, const struct slot_row *row,
                    struct compare_batch *batch)
{
    batch->requests += row->requests;
    batch->failures += row->failures;
    slots_row_times(s->slots, row, &batch->times);
}

/* The number of an entry in the slots; SIZE_MAX: it counted nothing. */
static size_t find_entry(const struct compare_slots *s, const char *method, const char *name)
{
    for (size_t i = 0; i < s->slots->n_entries; i++) {
        const struct entry *e = s->slots->entries[i];
        if (strcmp(e->name, name) == 0 && strcmp(e->method, method) == 0)
            return i;
    }
    return SIZE_MAX;
}

static void add_slot(const struct compare_slots *s, const struct slot *slot, bool is_total,
                     size_t entry, struct compare_batch *batch)
{
    batch->seconds += slot->to_s - slot->from_s;
    for (size_t i = 0; i < slot->n; i++) {
        const struct slot_row *row = &slot->rows[i];
        if (!is_total && row->entry > entry)
            break;
        if (is_total ? !s->slots->entries[row->entry]->is_transaction : row->entry == entry)
            add_row(s, row, batch);
    }
}

bool compare_slots_sample(const struct compare_slots *s, const char *method, const char *name,
                          struct compare_sample *sample)
{
    bool is_total = *method == '\0' && *name == '\0', is_there = false;
    size_t entry = is_total ? SIZE_MAX : find_entry(s, method, name);
    sample->n = s->batches;
    for (size_t j = 0; j < s->batches; j++) {
        struct compare_batch *batch = &sample->batches[j];
        *batch = (struct compare_batch){.seconds = 0};
        size_t n = s->to - s->from;
        for (size_t i = j * n / s->batches; i < (j + 1) * n / s->batches; i++)
            add_slot(s, &s->slots->all[s->from + i], is_total, entry, batch);
        is_there = is_there || batch->requests > 0 || batch->failures > 0;
    }
    return is_there;
}
