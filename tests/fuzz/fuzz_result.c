/*
 * fuzz_result -- result files of whatever bytes.
 *
 * What must hold: what is refused is refused by a message; what is taken can be written, read again and
 * written the same; it can be merged with itself, and then holds twice as many requests.
 *
 * links: base stats run/threshold_row report/result report/result_file report/result_parse report/result_merge report/json_text report/json_fields
 */
// SPDX-License-Identifier: MIT
#include "report/result_file.h"
#include "report/result_merge.h"
#include "stats/slots.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fail(const char *what, const struct err *err)
{
    fprintf(stderr, "%s: %s\n", what, err->text);
    abort();
}

static struct buf written(const struct result *r)
{
    struct buf out = BUF_INIT;
    result_file_add(&out, r);
    return out;
}

/* Times of each slot are read, as charts do. */
static uint64_t count_slots(const struct stats *s)
{
    uint64_t sum = 0;
    for (size_t i = 0; s->slots != NULL && i < s->slots->n; i++) {
        const struct slot *slot = &s->slots->all[i];
        for (size_t k = 0; k < slot->n; k++) {
            struct histogram times = {0};
            slots_row_times(s->slots, &slot->rows[k], &times);
            double median = histogram_percentile(&times, 0.5);
            sum += slots_row_count(&slot->rows[k]) + (median < 0);
            histogram_release(&times);
        }
    }
    return sum;
}

static void merge_with_itself(struct result *r, const struct result *again)
{
    struct err err = ERR_INIT;
    uint64_t requests = r->stats->total->requests, slots = count_slots(r->stats);
    if (result_merge(r, again, &err) < 0)
        fail("not merged with itself", &err);
    if (r->stats->total->requests != 2 * requests || count_slots(r->stats) != 2 * slots)
        fail("the sums are wrong", &err);
    struct buf out = written(r);
    buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    struct result *r = result_file_parse(str_make((const char *)data, size), &err);
    if (r == NULL) {
        if (!err_is_set(&err))
            fail("refused without a reason", &err);
        return 0;
    }
    struct buf first = written(r);
    struct result *again = result_file_parse(buf_slice(&first), &err);
    if (again == NULL)
        fail("what was written is refused", &err);
    struct buf second = written(again);
    if (!str_equal(buf_slice(&first), buf_slice(&second)))
        fail("written again it is another", &err);
    merge_with_itself(r, again);
    buf_release(&first);
    buf_release(&second);
    result_free(r);
    result_free(again);
    return 0;
}
