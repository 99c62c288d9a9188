/* commands -- the verbs of the command line: run (the default) and target. */
// SPDX-License-Identifier: MIT
#ifndef APP_COMMANDS_H
#define APP_COMMANDS_H

/* What main does: reads the command line, does what it says, and says in one line what is wrong with
 * it. The exit code. */
int commands_main(int argc, char **argv);

#endif
