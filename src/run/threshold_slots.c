/* threshold_slots -- see threshold_slots.h. */
// SPDX-License-Identifier: MIT
#include "run/threshold_slots.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "run/threshold_windows.h"
#include "stats/slots.h"

#define CLOSE_S 0.5 /* nearer than that is the same time */

/* Which entries of the slots it is of; the caller frees it. */
static bool *choose(const struct threshold *t, const struct slots *slots, bool *has_any)
{
    bool *chosen = xcalloc(slots->n_entries + 1, sizeof *chosen);

    *has_any = false;
    // Transactions are judged where no request matches.
    for (int transactions = 0; transactions < 2 && !*has_any; transactions++) {
        for (size_t i = 0; i < slots->n_entries; i++) {
            const struct entry *e = slots->entries[i];
            chosen[i] = e->is_transaction == (transactions == 1) &&
                        (t->entry == NULL ? !e->is_transaction : threshold_is_of(t, e));
            *has_any = *has_any || chosen[i];
        }
    }
    return chosen;
}

static void add_slot(struct threshold_windows *w, const struct slots *slots,
                     const struct slot *slot, const bool *chosen,
                     const struct threshold_doubts *doubts)
{
    struct histogram times = {.count = 0};
    struct threshold_piece piece = {.has_matched = true, .times = &times};

    for (size_t i = 0; i < slot->n; i++) {
        const struct slot_row *row = &slot->rows[i];
        if (!chosen[row->entry])
            continue;
        slots_row_times(slots, row, &times);
        piece.requests += row->requests;
        piece.failures += row->failures;
    }
    threshold_windows_add(w, &piece, doubts);
    histogram_release(&times);
}

/* The first slot that begins with all users there; where it is not known when that was, the one after
 * that in which there were most. */
static size_t first_slot(const struct slots *slots)
{
    uint64_t most = 0;
    size_t i = 0;

    if (slots->spawned_s >= 0) {
        // A slot ends with a turn of the loop, and a run's first users come some milliseconds after its begin.
        while (i < slots->n && slots->all[i].from_s + CLOSE_S < slots->spawned_s)
            i++;
        return i;
    }

    for (size_t k = 0; k < slots->n; k++)
        most = slots->all[k].users > most ? slots->all[k].users : most;
    while (i < slots->n && slots->all[i].users < most)
        i++;
    return i + 1;
}

static bool is_whole(const struct slots *slots, const struct slot *slot)
{
    return slot->to_s - slot->from_s > slots->seconds - 0.5;
}

/* Why it can't be told from slots; NULL: it can. */
static const char *why_not(const struct threshold *t, const struct slots *slots)
{
    if (t->metric == THRESHOLD_CUSTOM || t->metric == THRESHOLD_CHECK_RATIO ||
        t->metric == THRESHOLD_EXCEPTIONS)
        return "windows of what is not of requests are judged while a run lasts";
    if (slots == NULL || slots->n == 0)
        return "windows are judged while a run lasts, or of a result with figures for each ten "
               "seconds";
    if (t->window_s % slots->seconds != 0)
        return "windows of a result are of whole ten seconds, or of more where it was long";
    return NULL;
}

static enum threshold_verdict judge(const struct threshold *t, const struct slots *slots,
                                    const struct threshold_doubts *doubts, double *value,
                                    struct buf *reason)
{
    bool has_any;
    bool *chosen = choose(t, slots, &has_any);
    struct threshold_windows *w = threshold_windows_new(t, slots->seconds);
    enum threshold_verdict verdict = THRESHOLD_NOT_JUDGED;
    size_t first = first_slot(slots);
    // What keeps all from being judged is asked once, at the end.
    const struct threshold_doubts of_times = {.lag_ms = doubts->lag_ms,
                                              .allow_saturated = doubts->allow_saturated};

    if (first < slots->n)
        threshold_windows_begin_at(w, slots->all[first].from_s);
    for (size_t i = first; i < slots->n && is_whole(slots, &slots->all[i]); i++)
        add_slot(w, slots, &slots->all[i], chosen, &of_times);
    *value = NAN;
    if (has_any)
        verdict = threshold_windows_judge(w, doubts, value, reason);
    else if (!threshold_is_in_doubt(doubts, reason))
        buf_add_cstr(reason, "no request has a name that it is of");
    threshold_windows_free(w);
    free(chosen);
    return verdict;
}

struct threshold_row threshold_slots_judge(const struct threshold *t, const struct stats *s,
                                           const struct threshold_doubts *doubts)
{
    struct threshold_row row = threshold_row_of(t);
    struct buf reason = BUF_INIT;
    const char *why = why_not(t, s->slots);
    enum threshold_verdict verdict = THRESHOLD_NOT_JUDGED;
    double value = NAN;

    if (why != NULL)
        buf_add_cstr(&reason, why);
    else
        verdict = judge(t, s->slots, doubts, &value, &reason);
    threshold_row_fill(&row, t, verdict, value, &reason);
    buf_release(&reason);
    return row;
}
