/*
 * driver -- run/driver.h over Lua: classes, users, the shape.
 *
 * The Lua half is lua/katydid/driver.lua; each function here calls the one of the same name there.
 */
// SPDX-License-Identifier: MIT
#ifndef SCRIPT_DRIVER_H
#define SCRIPT_DRIVER_H

#include "base/err.h"
#include "base/str.h"
#include "run/dispatch.h"
#include "run/driver.h"
#include "script/vm.h"

#include <stdbool.h>
#include <stddef.h>

struct script_driver;

struct script_driver *script_driver_new(struct vm *vm, struct err *err);
/* No user may be left. */
void script_driver_free(struct script_driver *d);

/* Loads the scripts (paths) and collects classes and shape. The error names file and line. */
int script_driver_load(struct script_driver *d, const char *const *scripts, size_t n_scripts,
                       struct err *err) ERR_CHECKED;

/* The options that the listeners of init_command_line_parser add, as driver.declare_options of
 * meta/driver.lua has them: an array, the caller's. `taken` are the long names that are in use. NULL:
 * error, which names file and line. */
json_t *script_driver_declare_options(struct script_driver *d, const char *const *taken,
                                      size_t n_taken, struct err *err);
/* environment.parsed_options: an object, without nulls. */
int script_driver_set_options(struct script_driver *d, const json_t *options,
                              struct err *err) ERR_CHECKED;

/* What the next choice makes of its classes: `configs` are JSON texts or names of files *.json that
 * set attributes of them (--config-users); with equal_weights all classes and tasks weigh the same. */
int script_driver_configure(struct script_driver *d, const char *const *configs, size_t n_configs,
                            bool equal_weights, struct err *err) ERR_CHECKED;
/* Settles which classes run: those that `chosen` names (none: all). */
int script_driver_choose(struct script_driver *d, const char *const *chosen, size_t n_chosen,
                         struct err *err) ERR_CHECKED;

/* What is to be run; borrowed until the next choice. Weights and fixed counts as the classes have them. */
const struct dispatch_class *script_driver_classes(const struct script_driver *d, size_t *n);
bool script_driver_has_shape(const struct script_driver *d);
bool script_driver_shape_uses_common_options(const struct script_driver *d);

/* Before a run: writes `host` (NULL: leave) onto every class, and checks that each class that needs
 * one has one, with a scheme; where listeners of init may set one, script_driver_check_hosts does. */
int script_driver_set_host(struct script_driver *d, const char *host, struct err *err) ERR_CHECKED;
/* After HOOK_INIT. */
int script_driver_check_hosts(struct script_driver *d, struct err *err) ERR_CHECKED;
/* Removes tasks by tag. */
int script_driver_filter_tags(struct script_driver *d, const char *const *tags, size_t n_tags,
                              const char *const *exclude, size_t n_exclude,
                              struct err *err) ERR_CHECKED;
/* --list, --show-task-ratio(-json): the text; the caller owns it. NULL: error. */
char *script_driver_list(struct script_driver *d, struct err *err);
char *script_driver_ratio(struct script_driver *d, size_t users, bool as_json, struct err *err);

struct driver script_driver_interface(struct script_driver *d);
size_t script_driver_user_count(const struct script_driver *d);

#endif
