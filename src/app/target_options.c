/* target_options -- see target_options.h. */
// SPDX-License-Identifier: MIT
#include "app/target_options.h"

#include <string.h>

#include "base/rng.h"
#include "base/text.h"

#define GROUP "Options"
#define DELAY_MAX_MS 3600000.0

const struct option target_table[TARGET_OPTIONS] = {
    [TARGET_HELP] = {.name = "help",
                     .letter = 'h',
                     .here_only = true,
                     .ends_arguments = true,
                     .group = GROUP,
                     .help = "show this help"},
    [TARGET_PORT] = {.name = "port",
                     .type = OPTION_INT,
                     .value = "PORT",
                     .preset = "8080",
                     .max = 65535,
                     .group = GROUP,
                     .help = "listen there; 0 takes any free port, and says which"},
    [TARGET_BIND] = {.name = "bind",
                     .type = OPTION_TEXT,
                     .value = "ADDRESS",
                     .preset = "127.0.0.1",
                     .group = GROUP,
                     .help = "listen on this address; 0.0.0.0 is every network"},
    [TARGET_DELAY] = {.name = "delay",
                      .type = OPTION_TEXT,
                      .value = "MIN..MAX",
                      .group = GROUP,
                      .help = "wait so many milliseconds before each answer, evenly drawn; one "
                              "number is always that"},
    [TARGET_ERROR_RATE] = {.name = "error-rate",
                           .type = OPTION_NUMBER,
                           .value = "SHARE",
                           .preset = "0",
                           .max = 1,
                           .group = GROUP,
                           .help = "answer this share of requests (0 to 1) with status 500"},
    [TARGET_SEED] = {.name = "seed",
                     .type = OPTION_INT,
                     .value = "N",
                     .max = 9007199254740991.0,
                     .group = GROUP,
                     .help = "draw the same delays and errors again"},
    [TARGET_CONNECTIONS] = {.name = "connections",
                            .type = OPTION_INT,
                            .value = "N",
                            .preset = "15000",
                            .min = 1,
                            .max = 1e6,
                            .group = GROUP,
                            .help = "at most so many at the same time"},
};

/* "10..100" or "50". */
static int parse_delay(struct str text, double *min_ms, double *max_ms)
{
    const char *dots = memmem(text.p, text.n, "..", 2);
    size_t at = dots != NULL ? (size_t)(dots - text.p) : text.n;

    if (text_parse_double(str_slice(text, 0, at), 0, DELAY_MAX_MS, min_ms, NULL) < 0)
        return -1;
    *max_ms = *min_ms;
    if (dots == NULL)
        return 0;
    return text_parse_double(str_slice(text, at + 2, text.n), *min_ms, DELAY_MAX_MS, max_ms, NULL);
}

int target_settings(const struct options *o, struct target_options *settings, struct err *err)
{
    const char *delay = options_text(o, TARGET_DELAY);

    *settings = (struct target_options){
        .bind = options_text(o, TARGET_BIND),
        .port = (uint16_t)options_int(o, TARGET_PORT),
        .error_rate = options_number(o, TARGET_ERROR_RATE),
        .seed = options_is_given(o, TARGET_SEED) ? (uint64_t)options_int(o, TARGET_SEED)
                                                 : rng_system_seed(),
        .connections = (unsigned)options_int(o, TARGET_CONNECTIONS),
    };
    if (delay != NULL &&
        parse_delay(str_of(delay), &settings->delay_min_ms, &settings->delay_max_ms) < 0)
        return err_set(err, "--delay: expected milliseconds as MIN..MAX or one number, got '%s'",
                       delay);
    return 0;
}
