/* embed -- the Lua half, as source, inside the program; made by embed.lua at build time. */
// SPDX-License-Identifier: MIT
#ifndef SCRIPT_EMBED_H
#define SCRIPT_EMBED_H

#include <stddef.h>

struct embedded {
    const char *module; /* "katydid.user"; NULL ends the table */
    const char *chunk;  /* "@lua/katydid/user.lua": what tracebacks show */
    const char *source;
    size_t length;
};

extern const struct embedded embedded_modules[];

#endif
