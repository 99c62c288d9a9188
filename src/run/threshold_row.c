/* threshold_row -- see threshold_row.h. */
// SPDX-License-Identifier: MIT
#include "run/threshold_row.h"

#include <stdlib.h>

const char *threshold_verdict_name(enum threshold_verdict verdict)
{
    static const char *const names[] = {
        [THRESHOLD_PASSED] = "passed",
        [THRESHOLD_CROSSED] = "crossed",
        [THRESHOLD_NOT_JUDGED] = "not judged",
    };

    return names[verdict];
}

void threshold_rows_free(struct threshold_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(rows[i].text);
        free(rows[i].metric);
        free(rows[i].entry);
        free(rows[i].op);
        free(rows[i].unit);
        free(rows[i].shown);
        free(rows[i].reason);
    }
    free(rows);
}
