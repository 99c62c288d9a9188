/*
 * fuzz_exposition -- what a scraper says it accepts (the first line), and a text that is turned into
 * Prometheus' older format (the rest).
 *
 * What must hold: nobody gets OpenMetrics who didn't name it; all lines but those about families stay as
 * they are and in their order; nothing of OpenMetrics alone is left.
 *
 * links: base stats run/state report/view report/snapshot report/openmetrics export/exposition
 */
// SPDX-License-Identifier: MIT
#include "export/exposition.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition, text)                                              \
    do {                                                                   \
        if (!(condition)) {                                                \
            fprintf(stderr, "%s\nof '%.*s'\n", #condition, STR_ARG(text)); \
            abort();                                                       \
        }                                                                  \
    } while (0)

static bool names_openmetrics(struct str accept)
{
    static const struct str name = {"application/openmetrics-text", 28};

    for (; accept.n >= name.n; accept = str_slice(accept, 1, accept.n)) {
        if (str_starts_nocase(accept, name))
            return true;
    }
    return false;
}

static bool is_of_family(struct str line)
{
    return str_starts(line, STR("# TYPE ")) || str_starts(line, STR("# HELP "));
}

static bool is_gone(struct str line)
{
    return str_starts(line, STR("# UNIT ")) || str_equal(line, STR("# EOF"));
}

static void try_turning(struct str text)
{
    struct buf out = BUF_INIT;
    exposition_add_classic(&out, text);
    struct str from = text, to = buf_slice(&out);
    while (from.n > 0) {
        struct str line = str_cut(&from, '\n');
        if (is_gone(line))
            continue;
        MUST(to.n > 0, text);
        struct str turned = str_cut(&to, '\n');
        MUST(is_of_family(line) ? is_of_family(turned) : str_equal(line, turned), text);
    }
    MUST(to.n == 0, text);
    buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_make((const char *)data, size), accept = str_cut(&text, '\n');
    enum exposition format = exposition_wanted(accept);

    MUST(format == EXPOSITION_OPENMETRICS || format == EXPOSITION_CLASSIC, accept);
    MUST(format == EXPOSITION_CLASSIC || names_openmetrics(accept), accept);
    try_turning(text);
    return 0;
}
