/* tools -- see tools.h. */
// SPDX-License-Identifier: MIT
#include "app/tools.h"

#include <string.h>

#include "app/run_options.h"
#include "base/file.h"

#define GROUP "Options"
#define HELP_ROW                                                                                  \
    {                                                                                             \
        .name = "help", .letter = 'h', .here_only = true, .ends_arguments = true, .group = GROUP, \
        .help = "show this help",                                                                 \
    }

static json_t *text(const char *s)
{
    return json_stringn_nocheck(s, strlen(s));
}

/* --- check --------------------------------------------------------------------------------- */

static const struct option check_table[] = {HELP_ROW};

static json_t *check_arguments(const struct options *o, struct err *err)
{
    json_t *scripts = json_array();

    for (size_t i = 0; i < o->n_words; i++)
        json_array_append_new(scripts, text(o->words[i]));
    if (o->n_words == 0 && file_exists(SCRIPT_DEFAULT))
        json_array_append_new(scripts, text(SCRIPT_DEFAULT));
    if (json_array_size(scripts) > 0)
        return json_pack("{s:o}", "scripts", scripts);
    json_decref(scripts);
    err_set(err, "no script was named, and there is no " SCRIPT_DEFAULT
                 " here (katydid check SCRIPT.lua)");
    return NULL;
}

/* --- new ----------------------------------------------------------------------------------- */

enum { NEW_HELP, NEW_HOST, NEW_OPTIONS };

static const struct option new_table[NEW_OPTIONS] = {
    [NEW_HELP] = HELP_ROW,
    [NEW_HOST] = {.name = "host",
                  .letter = 'H',
                  .type = OPTION_TEXT,
                  .value = "URL",
                  .preset = "http://127.0.0.1:8080",
                  .group = GROUP,
                  .help = "the host of its users"},
};

static json_t *new_arguments(const struct options *o, struct err *err)
{
    if (o->n_words == 1)
        return json_pack("{s:o,s:o}", "name", text(o->words[0]), "host",
                         text(options_text(o, NEW_HOST)));
    if (o->n_words == 0)
        err_set(err, "the name of the new scenario is missing (katydid new shop)");
    else
        err_set(err, "expected one name, got another: '%s'", o->words[1]);
    return NULL;
}

/* --- all ----------------------------------------------------------------------------------- */

static const struct tool tools[] = {
    {.name = "check",
     .phase = "while scripts are checked",
     .summary = "find mistakes in scripts, and send nothing",
     .usage = "Usage: katydid check SCRIPT...\n"
              "\n"
              "Finds mistakes in scripts and folders of scripts, without sending anything: what\n"
              "keeps a script from being loaded, and what would only show when a function runs\n"
              "(globals by accident, unknown names and options, paths without a slash, modules\n"
              "that aren't there). A line for each, with its place.\n"
              "\n"
              "The code at the top of the scripts is run, as it is before a test.\n"
              "\n"
              "Exit codes: 0 no mistakes, 2 there are some.\n"
              "\n",
     .table = check_table,
     .n = sizeof check_table / sizeof check_table[0],
     .arguments = check_arguments},
    {.name = "new",
     .phase = "while a scenario is written",
     .summary = "write a starter scenario",
     .usage = "Usage: katydid new NAME [options]\n"
              "\n"
              "Writes NAME.lua, a scenario with a remark on each part, which runs against\n"
              "`katydid target`. A file that is there already is left as it is.\n"
              "\n",
     .table = new_table,
     .n = NEW_OPTIONS,
     .arguments = new_arguments},
};
#define N_TOOLS (sizeof tools / sizeof tools[0])

const struct tool *tools_at(size_t i)
{
    return i < N_TOOLS ? &tools[i] : NULL;
}

const struct tool *tools_find(const char *name)
{
    for (size_t i = 0; i < N_TOOLS; i++)
        if (strcmp(tools[i].name, name) == 0)
            return &tools[i];
    return NULL;
}
