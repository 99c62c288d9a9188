/*
 * runaway -- a script that runs on without a wait: it is named in the log after a second, and ended
 * once the run is to end.
 *
 * A thread of its own looks a few times a second whether Lua is still in the turn in which it was
 * (sched_turn), and sends a signal, SIGURG, to the loop's thread if it is. That signal's handler sets
 * a hook (lua_sethook, which may be called there), so that all else happens between two instructions
 * of the script, where Lua may be asked and an error may be thrown. Scripts pay nothing for it but a
 * number that is written at the begin and the end of a turn.
 *
 * Compiled code asks for no hooks. It does ask, at each new line, whether LuaJIT's profiler wants a
 * sample: so that is on, with a timer that never fires, and the handler says that it is time for one.
 * A function of C asks for nothing at all; where one holds the hook off, a copy of the process looks
 * where the script is, and says it: in the copy nothing can break.
 *
 * A script that starts LuaJIT's profiler itself (jit.p, jit.profile) has it for itself from then on:
 * compiled code can't be ended any more.
 *
 * One in a process at a time. What is thrown is a signal of co.lua, which passes a script's pcall.
 */
// SPDX-License-Identifier: MIT
#ifndef SCRIPT_RUNAWAY_H
#define SCRIPT_RUNAWAY_H

#include "base/err.h"
#include "script/vm.h"

#include <stdbool.h>
#include <stdint.h>

/* How often is looked, and for how many looks in a turn before it is named. Tests look faster. */
#define RUNAWAY_LOOK_MS 250
#define RUNAWAY_LOOKS 4
/* In between it is glanced at: a turn of a twentieth of a second is not named, but run/usage is told where
 * it was, should it be the longest. */
#define RUNAWAY_GLANCES 10

struct runaway;

/* Watches from now on. The vm is borrowed until runaway_free. `was_asked` says whether somebody has
 * asked the run to end; it is called in another thread. NULL: error. */
struct runaway *runaway_new(struct vm *vm, int look_ms, bool (*was_asked)(void), struct err *err);
/* Before a test: how long it may take (0: no limit), and its users to end. */
void runaway_set_limits(struct runaway *r, double run_time_s, double stop_timeout_s);
void runaway_free(struct runaway *r); /* NULL is fine */

#endif
