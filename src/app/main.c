/* main -- where the process begins. */
// SPDX-License-Identifier: MIT
#include "app/commands.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

/* Where one of the three is closed, a socket would get its number, and what is printed. */
static void open_standard_descriptors(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

int main(int argc, char **argv)
{
    open_standard_descriptors();
    // A peer or a reader that went away is an error of that write, and no end of the process.
    signal(SIGPIPE, SIG_IGN);
    // So is a file that would become larger than allowed (ulimit -f).
    signal(SIGXFSZ, SIG_IGN);
    return commands_main(argc, argv);
}
