/* test_history -- samples in their order. */
// SPDX-License-Identifier: MIT
#include "stats/history.h"

#include "../check.h"

TEST(samples_stay_in_order)
{
    struct history h;
    history_init(&h);
    CHECK(history_last(&h) == NULL);
    for (uint64_t i = 0; i < 1000; i++)
        history_add(&h, &(struct history_sample){.at_s = 5 + (double)i, .users = i});
    CHECK_INT(h.n, 1000);
    CHECK_INT(h.samples[0].users, 0);
    CHECK_INT(h.samples[500].users, 500);
    CHECK_DOUBLE(history_last(&h)->at_s, 1004, 0);
    history_clear(&h);
    CHECK(history_last(&h) == NULL);
    history_add(&h, &(struct history_sample){.users = 3});
    CHECK_INT(history_last(&h)->users, 3);
    history_release(&h);
}

TEST_MAIN(RUN(samples_stay_in_order);)
