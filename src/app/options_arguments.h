/*
 * options_arguments -- options as a person types them: --users 5, --users=5, -u5, -vx.
 *
 * A value follows its option or is attached to it; one that begins with a dash and is no number has to
 * be attached. "--" ends the options, and so does one of the kind of --help.
 */
// SPDX-License-Identifier: MIT
#ifndef APP_OPTIONS_ARGUMENTS_H
#define APP_OPTIONS_ARGUMENTS_H

#include "app/options.h"
#include "base/err.h"

/* Reads a command line, without the program's name and the command; what is neither an option nor a
 * value becomes a word. Where `takes_prefixes` is set, the begin of a name stands for the only option
 * that begins so; several are an error that names them. What is unknown is one too, with the nearest
 * name, unless `passes_unknown` is set. */
int options_read_arguments(struct options *o, int argc, char *const *argv,
                           struct err *err) ERR_CHECKED;

#endif
