/* test_err -- errors: the first wins, prefixes, and the end after a broken promise. */
// SPDX-License-Identifier: MIT
#include "base/err.h"

#include "../check.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

TEST(first_error_wins)
{
    struct err err = ERR_INIT;
    CHECK(!err_is_set(&err));
    CHECK_INT(err_set(&err, "%s: %d", "port", 7), -1);
    CHECK_INT(err_set(&err, "another"), -1);
    CHECK(err_is_set(&err));
    CHECK_TEXT(err.text, "port: 7");
    err_clear(&err);
    CHECK(!err_is_set(&err));
    CHECK_INT(err_set(&err, "another"), -1);
    CHECK_TEXT(err.text, "another");
}

TEST(nobody_wants_to_know)
{
    CHECK_INT(err_set(NULL, "lost"), -1);
    err_prefix(NULL, "lost");
}

TEST(prefix_names_the_place)
{
    struct err err = ERR_INIT;
    err_prefix(&err, "nothing failed");
    CHECK(!err_is_set(&err));
    err_set(&err, "no such file");
    err_prefix(&err, "line %d", 3);
    err_prefix(&err, "%s", "shop.lua");
    CHECK_TEXT(err.text, "shop.lua: line 3: no such file");
}

TEST(long_texts_are_cut)
{
    static char text[8192];
    struct err err = ERR_INIT;
    memset(text, 'x', sizeof(text) - 1);
    err_set(&err, "%s", text);
    CHECK_INT(strlen(err.text), sizeof(err.text) - 1);
    err_prefix(&err, "where");
    CHECK_INT(strlen(err.text), sizeof(err.text) - 1);
    CHECK(strncmp(err.text, "where: xxx", 10) == 0);
    err_prefix(&err, "%s", text);
    CHECK_INT(strlen(err.text), sizeof(err.text) - 1);
}

static void break_promise(int out)
{
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    dup2(out, STDERR_FILENO);
    err_bug("shop.c", 12, "no baker");
}

TEST(bug_says_where_and_aborts)
{
    int ends[2], status;
    char text[200] = "";
    CHECK(pipe(ends) == 0);
    pid_t child = fork();
    if (child == 0)
        break_promise(ends[1]);
    close(ends[1]);
    ssize_t n = read(ends[0], text, sizeof(text) - 1);
    close(ends[0]);
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(n > 0);
    CHECK_TEXT(text, "katydid: shop.c:12: no baker\n");
    CHECK(WIFSIGNALED(status));
    CHECK_INT(WTERMSIG(status), SIGABRT);
}

TEST_MAIN(RUN(first_error_wins); RUN(nobody_wants_to_know); RUN(prefix_names_the_place);
          RUN(long_texts_are_cut); RUN(bug_says_where_and_aborts);)
