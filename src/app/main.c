/* main -- where the process begins. */
// SPDX-License-Identifier: MIT
#include "app/commands.h"

#include <signal.h>

int main(int argc, char **argv)
{
    // A peer or a reader that went away is an error of that write, and no end of the process.
    signal(SIGPIPE, SIG_IGN);
    return commands_main(argc, argv);
}
