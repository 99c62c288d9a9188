/* compare_options -- see compare_options.h. */
// SPDX-License-Identifier: MIT
#include "app/compare_options.h"

#include <string.h>

#include "base/text.h"

#define GROUP "Options"

const struct option compare_table[COMPARE_OPTIONS] = {
    [COMPARE_HELP] = {.name = "help",
                      .letter = 'h',
                      .here_only = true,
                      .ends_arguments = true,
                      .group = GROUP,
                      .help = "show this help"},
    [COMPARE_TOLERANCE] = {.name = "tolerance",
                           .type = OPTION_TEXT,
                           .value = "PERCENT",
                           .preset = "5%",
                           .group = GROUP,
                           .help = "by so much requests a second may fall and times rise"},
    [COMPARE_FAILURE_TOLERANCE] = {.name = "failure-tolerance",
                                   .type = OPTION_TEXT,
                                   .value = "PERCENT",
                                   .preset = "0.1%",
                                   .group = GROUP,
                                   .help =
                                       "so many more of the requests may fail (0.1%: 1 of 1000)"},
    [COMPARE_SEED] = {.name = "seed",
                      .type = OPTION_INT,
                      .value = "N",
                      .preset = "1",
                      .max = OPTION_LARGEST_INT,
                      .group = GROUP,
                      .help = "of the random draws; the same files and seed give the same verdict"},
    [COMPARE_MARKDOWN] = {.name = "markdown",
                          .type = OPTION_TEXT,
                          .value = "FILE",
                          .group = GROUP,
                          .help = "write it as Markdown too, for a merge request; - is standard "
                                  "output, in place of the tables"},
    [COMPARE_JSON] = {.name = "json", .group = GROUP, .help = "print JSON in place of the tables"},
};

/* "5" or "5%", as a share. */
static int parse_percent(const struct options *o, enum compare_option which, double *share,
                         struct err *err)
{
    struct str text = str_of(options_text(o, which));
    double percent;

    if (str_ends(text, STR("%")))
        text.n--;
    if (text_parse_double(text, 0, 100, &percent, NULL) < 0)
        return err_set(err, "--%s: expected a percentage from 0 to 100, got '%s'",
                       compare_table[which].name, options_text(o, which));
    *share = percent / 100;
    return 0;
}

int compare_options_settings(const struct options *o, struct compare_settings *settings,
                             struct err *err)
{
    const char *markdown = options_text(o, COMPARE_MARKDOWN);

    *settings = (struct compare_settings){.seed = (uint64_t)options_int(o, COMPARE_SEED)};
    if (parse_percent(o, COMPARE_TOLERANCE, &settings->tolerance, err) < 0 ||
        parse_percent(o, COMPARE_FAILURE_TOLERANCE, &settings->failures_tolerance, err) < 0)
        return -1;
    if (options_flag(o, COMPARE_JSON) && markdown != NULL && strcmp(markdown, "-") == 0)
        return err_set(err, "--json and --markdown -: standard output can hold one of them");
    if (o->n_words < 2)
        return err_set(err, "expected the files of two results and more (katydid compare BASE... "
                            "NEW; they are written by --result FILE)");
    return 0;
}
