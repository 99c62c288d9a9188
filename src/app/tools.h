/*
 * tools -- the commands that are written in Lua (lua/katydid/tools): what each is told on its command
 * line, and what of it goes to its Lua half.
 */
// SPDX-License-Identifier: MIT
#ifndef APP_TOOLS_H
#define APP_TOOLS_H

#include "app/options.h"
#include "base/err.h"

#include <jansson.h>
#include <stddef.h>

struct tool {
    const char *name;  /* of the command, and of its Lua half, whose `main` is called */
    const char *phase; /* what goes on meanwhile: "while scripts are checked" */
    const char *summary;
    const char *usage;          /* what --help shows above the options */
    const struct option *table; /* its first row is --help */
    size_t n;
    /* What `main` gets; an object, the caller's. NULL: what is missing or too much. */
    json_t *(*arguments)(const struct options *o, struct err *err);
};

/* NULL: there is none of that name. */
const struct tool *tools_find(const char *name);
/* All of them, one after the other; NULL behind the last. */
const struct tool *tools_at(size_t i);

#endif
