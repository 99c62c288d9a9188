/* test_output -- whole texts, also to a slow reader and to one that went away. */
// SPDX-License-Identifier: MIT
#include "app/output.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../check.h"
#include "base/mem.h"

#define MANY 300000 /* more than a pipe holds */

/* How many bytes arrive at a child that reads them slowly. */
static long written_through_a_pipe(void)
{
    char *text = xmalloc(MANY);
    char piece[4096];
    int fds[2], report[2], rc;
    long total = -1;

    memset(text, 'x', MANY);
    if (pipe(fds) < 0 || pipe(report) < 0)
        return -1;
    fflush(stdout);
    if (fork() == 0) {
        ssize_t n;
        close(fds[1]);
        total = 0;
        while ((n = read(fds[0], piece, sizeof piece)) > 0)
            total += n;
        n = write(report[1], &total, sizeof total);
        _exit(n != sizeof total);
    }
    fcntl(fds[1], F_SETFL, O_NONBLOCK);
    rc = output_write(fds[1], str_make(text, MANY), NULL);
    close(fds[1]);
    close(fds[0]);
    close(report[1]);
    if (rc < 0 || read(report[0], &total, sizeof total) != sizeof total)
        total = -1;
    close(report[0]);
    free(text);
    wait(NULL);
    return total;
}

TEST(all_of_it_arrives)
{
    CHECK_INT(written_through_a_pipe(), MANY);
}

TEST(a_reader_that_went_away)
{
    struct err err = ERR_INIT;
    int fds[2];

    signal(SIGPIPE, SIG_IGN);
    CHECK_INT(pipe(fds), 0);
    close(fds[0]);
    CHECK_INT(output_write(fds[1], STR("text"), &err), -1);
    CHECK_TEXT(err.text, "writing to standard output: Broken pipe");
    close(fds[1]);
}

TEST_MAIN(RUN(all_of_it_arrives); RUN(a_reader_that_went_away);)
