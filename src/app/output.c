/* output -- see output.h. */
// SPDX-License-Identifier: MIT
#include "app/output.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

int output_write(int fd, struct str text, struct err *err)
{
    while (text.n > 0) {
        ssize_t n = write(fd, text.p, text.n);
        if (n >= 0) {
            text = str_slice(text, (size_t)n, text.n);
        } else if (errno == EAGAIN) {
            struct pollfd room = {.fd = fd, .events = POLLOUT};
            poll(&room, 1, -1);
        } else if (errno != EINTR) {
            return err_set(err, "writing to standard %s: %s",
                           fd == STDERR_FILENO ? "error" : "output", strerror(errno));
        }
    }
    return 0;
}
