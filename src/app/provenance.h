/*
 * provenance -- what a run is of, and where it runs: scripts and their hashes, commit, machine, libraries.
 *
 * To be asked when the run begins: a script may be another one at its end.
 */
// SPDX-License-Identifier: MIT
#ifndef APP_PROVENANCE_H
#define APP_PROVENANCE_H

#include "report/result.h"

#include <stdbool.h>
#include <stddef.h>

/* The scripts of these paths (those in folders as the loader finds them), each with its hash; with
 * their texts where those are to be kept. What can't be read has neither. */
void provenance_add_scripts(struct result *r, const char *const *paths, size_t n, bool with_text);
/* Name, system, model of the processor, cores that this process may use. */
void provenance_add_machine(struct result *r);
/* The commit, as CI systems name it in the environment; none where what is there is no hash. */
void provenance_add_commit(struct result *r, char *(*get)(const char *name));
void provenance_add_libraries(struct result *r);

#endif
